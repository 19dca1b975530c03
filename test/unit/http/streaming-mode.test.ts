import createMiddy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toErrorResponse } from '../../../lib/http/errors.ts';
import type { HttpResponse } from '../../../lib/http/response.ts';
import { functionUrlStream } from '../../../lib/http/streaming-mode.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import { createRuntimeStream, fakeAwsLambda, type RuntimeStream } from './runtime-stream.ts';

const errors: unknown[] = [];

beforeEach(() => {
  errors.length = 0;
  vi.stubGlobal('awslambda', fakeAwsLambda);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Invokes a function whose route is `handle`, through middy, as the runtime does. */
function invoke(handle: () => Promise<HttpResponse>, stream: RuntimeStream = createRuntimeStream()) {
  const handler = createMiddy<APIGatewayProxyEventV2, HttpResponse>(handle, {
    executionMode: functionUrlStream({ onError: (error) => errors.push(error) }),
    timeoutEarlyInMillis: 0,
  }).onError(({ error, context }) => toErrorResponse(error, context.awsRequestId));
  const run = handler as unknown as (event: object, stream: RuntimeStream, context: object) => Promise<void>;
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 30_000 };
  return { stream, done: run({}, stream, context) };
}

function streamed(body: AsyncIterable<string>, more: Partial<HttpResponse> = {}): HttpResponse {
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body, ...more };
}

function preludeOf(stream: RuntimeStream): unknown {
  return JSON.parse(stream.written.join('').split('\0', 1)[0] ?? '');
}

function bodyOf(stream: RuntimeStream): string {
  return stream.written.join('').split('\0').slice(1).join('\0');
}

describe('a whole body', () => {
  it.each(['{"a":1}', ''])('%j goes out after its prelude', async (body) => {
    const { stream, done } = invoke(async () => ({ status: 202, headers: { a: 'b' }, body }));
    await done;
    expect(preludeOf(stream)).toEqual({ statusCode: 202, headers: { a: 'b', 'x-request-id': 'request-1' } });
    expect(bodyOf(stream)).toBe(body);
    expect(stream.writableEnded).toBe(true);
  });

  it('tells a failure of the route by status and as JSON', async () => {
    const { stream, done } = invoke(async () => {
      throw new RagError('method_not_allowed', 'This path takes POST.', { details: { allow: ['POST'] } });
    });
    await done;
    expect(preludeOf(stream)).toMatchObject({ statusCode: 405, headers: { allow: 'POST' } });
    expect(JSON.parse(bodyOf(stream))).toEqual({
      error: {
        code: 'method_not_allowed',
        message: 'This path takes POST.',
        requestId: 'request-1',
        retryable: false,
        allow: ['POST'],
      },
    });
    expect(stream.writableEnded).toBe(true);
  });

  it('shows nothing of a defect', async () => {
    const { stream, done } = invoke(() => Promise.reject(new TypeError('secret internals')));
    await done;
    expect(preludeOf(stream)).toMatchObject({ statusCode: 500 });
    expect(bodyOf(stream)).not.toContain('secret');
  });
});

describe('a streamed body', () => {
  it('begins with the prelude before there is anything to tell', async () => {
    const gate = Promise.withResolvers<void>();
    const { stream, done } = invoke(async () =>
      streamed(
        (async function* body() {
          await gate.promise;
          yield 'late';
        })(),
      ),
    );
    await turn();
    expect(preludeOf(stream)).toMatchObject({ statusCode: 200 });
    expect(bodyOf(stream)).toBe('');
    gate.resolve();
    await done;
    expect(bodyOf(stream)).toBe('late');
    expect(stream.writableEnded).toBe(true);
  });

  it('is not read on while the stream is full', async () => {
    let pulled = 0;
    const stream = createRuntimeStream();
    const { done } = invoke(
      async () =>
        streamed(
          (async function* body() {
            for (; pulled < 3; pulled += 1) {
              yield 'more than eight characters';
              if (pulled === 0) stream.stall();
            }
          })(),
        ),
      stream,
    );
    await turn();
    await turn();
    expect(pulled).toBe(1);
    stream.resume();
    await done;
    expect(pulled).toBe(3);
    expect(stream.listenerCount('drain') + stream.listenerCount('close')).toBe(0);
  });

  it.each(['while it is full', 'while nothing is written'])(
    'is ended when its stream closes %s',
    async (when) => {
      const stream = createRuntimeStream();
      const gate = Promise.withResolvers<void>();
      const ended = vi.fn<() => void>();
      const { done } = invoke(
        async () =>
          streamed(
            (async function* body() {
              try {
                if (when === 'while it is full') stream.stall();
                yield 'more than eight characters';
                await gate.promise;
                yield 'more';
                yield 'never read';
              } finally {
                ended();
              }
            })(),
          ),
        stream,
      );
      await turn();
      stream.destroy();
      if (when === 'while nothing is written') gate.resolve();
      await done;
      expect(ended).toHaveBeenCalledOnce();
      expect(errors).toMatchObject([{ message: 'The response stream was closed.' }]);
    },
  );

  it('is ended when nobody takes it until shortly before the invocation is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stream = createRuntimeStream();
    const ended = vi.fn<() => void>();
    const afterResponse = vi.fn<() => Promise<void>>(async () => {});
    const { done } = invoke(
      async () =>
        streamed(
          (async function* body() {
            try {
              stream.stall();
              for (;;) yield 'more than eight characters';
            } finally {
              ended();
            }
          })(),
          { afterResponse },
        ),
      stream,
    );
    await vi.advanceTimersByTimeAsync(28_199);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(ended).toHaveBeenCalledOnce();
    expect(afterResponse).toHaveBeenCalledOnce();
    expect(stream.writableEnded).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that fails, which it must not, still ends the stream', async () => {
    const { stream, done } = invoke(async () =>
      streamed(
        (async function* body() {
          yield 'a';
          throw new Error('defect');
        })(),
      ),
    );
    await done;
    expect(bodyOf(stream)).toBe('a');
    expect(stream.writableEnded).toBe(true);
    expect(errors).toMatchObject([{ message: 'defect' }]);
  });
});

describe('work after the response', () => {
  it('starts once the caller has everything, and is waited for', async () => {
    const stream = createRuntimeStream();
    const order: string[] = [];
    const { done } = invoke(
      async () => ({
        ...streamed(
          (async function* body() {
            yield 'x';
          })(),
        ),
        afterResponse: async () => {
          order.push(`work, ended: ${stream.writableEnded}`);
          await turn();
          order.push('work done');
        },
      }),
      stream,
    );
    await done;
    expect(order).toEqual(['work, ended: true', 'work done']);
  });

  it('that fails is told and fails nothing', async () => {
    const failed = new Error('no cache');
    const { done } = invoke(async () => ({
      ...{ status: 200, headers: {}, body: 'x' },
      afterResponse: () => Promise.reject(failed),
    }));
    await expect(done).resolves.toBeUndefined();
    expect(errors).toEqual([failed]);
  });
});
