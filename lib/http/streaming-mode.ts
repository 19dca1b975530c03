import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { PluginExecutionMode } from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { startDeadline } from '../async/deadline.ts';
import { toErrorResponse } from './errors.ts';
import type { HttpResponse } from './response.ts';

/** Kept back from the invocation's time for the work after the response; a caller who takes nothing more ends there. */
const reserveMs = 1_800;

/** What middy hands to an execution mode (node_modules/@middy/core/index.js), as far as it is used here. */
interface Core {
  middyRequest(event: APIGatewayProxyEventV2, context: Context): object;
  runRequest(request: object, ...stack: unknown[]): Promise<HttpResponse>;
}

/**
 * A middy execution mode for a function URL in RESPONSE_STREAM. middy runs its middlewares; the stream is ours, because
 * `stream.pipeline()` into the response stream kills the environment when the source fails. Whatever happens the stream
 * gets a prelude and an end, and the work for after the response runs once the caller has everything.
 */
export function functionUrlStream({ onError }: { onError: (error: unknown) => void }): PluginExecutionMode {
  const mode = (
    core: Core,
    before: unknown,
    handler: unknown,
    after: unknown,
    onErrors: unknown,
    plugin: unknown,
  ) =>
    awslambda.streamifyResponse(async (event: APIGatewayProxyEventV2, stream, context) => {
      let response: HttpResponse;
      try {
        const request = core.middyRequest(event, context);
        response = await core.runRequest(request, before, handler, after, onErrors, plugin);
      } catch (error) {
        onError(error);
        response = toErrorResponse(error, context.awsRequestId);
      }
      using deadline = startDeadline(Math.max(0, context.getRemainingTimeInMillis() - reserveMs));
      try {
        await write(stream, response, { requestId: context.awsRequestId, signal: deadline.signal });
      } catch (error) {
        onError(error);
        stream.end();
      }
      try {
        await response.afterResponse?.();
      } catch (error) {
        onError(error);
      }
    });
  return mode as unknown as PluginExecutionMode;
}

/** Writes prelude and body, waiting whenever the stream is full. A body that is not written to its end is ended. */
async function write(
  stream: Writable,
  response: HttpResponse,
  { requestId, signal }: { requestId: string; signal: AbortSignal },
): Promise<void> {
  const headers = { ...response.headers, 'x-request-id': requestId };
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: response.status, headers });
  // An error of the stream would otherwise be thrown where nobody can catch it; writing fails on its own.
  out.on('error', () => {});
  if (typeof response.body === 'string') {
    // The prelude leaves with the first write, even an empty one, but not with what `end` is given.
    out.write(response.body);
    out.end();
    return;
  }
  out.write('');
  for await (const part of response.body) {
    if (out.destroyed) throw closed();
    if (!out.write(part)) await drained(out, signal);
  }
  out.end();
}

/** Waits until the stream takes more. Throws if it closes, fails, or the signal aborts before. */
async function drained(out: Writable, parent: AbortSignal): Promise<void> {
  const settled = new AbortController();
  const signal = AbortSignal.any([parent, settled.signal]);
  const close = once(out, 'close', { signal }).then(() => {
    throw closed();
  });
  try {
    await Promise.race([once(out, 'drain', { signal }), close]);
  } finally {
    settled.abort();
  }
}

function closed(): Error {
  return new Error('The response stream was closed.');
}
