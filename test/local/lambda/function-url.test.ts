import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installAwsLambda } from '../../../local/lambda/awslambda.ts';
import { startFunctionUrl, type FunctionUrl } from '../../../local/lambda/function-url.ts';
import type { StreamingHandler } from '../../../local/lambda/invoke-streaming.ts';
import { rawRequest, textOf } from './raw-request.ts';

const failures: Error[] = [];
let server: FunctionUrl | undefined;

async function serve(handler: StreamingHandler, timeoutMs?: number): Promise<string> {
  server = await startFunctionUrl(0, {
    handler,
    functionName: 'api',
    ...(timeoutMs !== undefined && { timeoutMs }),
    onFailure: (error) => failures.push(error),
  });
  return server.url;
}

/** A streaming handler that begins with a 200 prelude. */
function streaming(
  write: (stream: Writable, event: LambdaFunctionURLEvent) => Promise<void> | void,
): StreamingHandler {
  return awslambda.streamifyResponse(async (event: LambdaFunctionURLEvent, stream) => {
    await write(awslambda.HttpResponseStream.from(stream, { statusCode: 200 }), event);
  });
}

beforeAll(installAwsLambda);

afterEach(async () => {
  await server?.close();
  server = undefined;
  failures.length = 0;
});

describe('a function URL', () => {
  it('sends status, headers and cookies of the prelude and then the bytes', async () => {
    const url = await serve(async (_event, stream) => {
      const out = awslambda.HttpResponseStream.from(stream, {
        statusCode: 418,
        headers: { 'Content-Type': 'text/plain', 'x-request-id': 'r1', connection: 'close' },
        cookies: ['a=1', 'b=2'],
      });
      out.write('tea');
      out.end('pot');
    });
    const response = await fetch(url);
    expect(response.status).toBe(418);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('x-request-id')).toBe('r1');
    expect(response.headers.get('connection')).not.toBe('close');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('teapot');
  });

  it('sends a response without a prelude as a 200 of the named type', async () => {
    const url = await serve(async (_event, stream) => {
      stream.setContentType('text/csv');
      stream.end('a,b');
    });
    const response = await fetch(url);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv']);
    expect(await response.text()).toBe('a,b');
  });

  it('sends headers for an empty first write while the body is still to come', async () => {
    const { promise: headersSeen, resolve: seeHeaders } = Promise.withResolvers<void>();
    const url = await serve(
      streaming(async (out) => {
        out.write('');
        await headersSeen;
        out.end('late');
      }),
    );
    const { response } = await rawRequest(url);
    seeHeaders();
    expect(await textOf(response)).toBe('late');
  });

  it('hands every chunk on before the next one is written', async () => {
    const seen: string[] = [];
    let next = Promise.withResolvers<void>();
    const url = await serve(
      streaming(async (out) => {
        for (const word of ['one', 'two', 'three']) {
          next = Promise.withResolvers();
          out.write(word);
          // Only the client, having received this word, lets the handler write the next.
          await next.promise;
        }
        out.end();
      }),
    );
    const { response } = await rawRequest(url);
    for await (const chunk of response) {
      seen.push(String(chunk));
      next.resolve();
    }
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('makes a fast handler wait for a slow client', async () => {
    let written = 0;
    const total = 64;
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const url = await serve(
      streaming(async (out, event) => {
        for (; event.rawPath === '/large' && written < total; written += 1) {
          if (!out.write(megabyte)) await once(out, 'drain');
        }
        out.end('pong');
      }),
    );
    const { response } = await rawRequest(`${url}/large`);
    // Whole exchanges with the same process: time enough for all 64 writes, did anything but the client hold them up.
    for (let n = 0; n < 10; n += 1) await textOf((await rawRequest(url)).response);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(total);
    expect(await textOf(response)).toHaveLength(total * megabyte.length + 4);
  });

  it('answers 502 when the handler fails before the prelude', async () => {
    const url = await serve(async () => {
      throw new Error('secret detail');
    });
    const response = await fetch(url);
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
    expect(failures.map((error) => error.message)).toEqual(['secret detail']);
  });

  it.each([
    ['is not JSON', '{"statusCode":'],
    ['has a status that is none', '{"statusCode":99}'],
  ])('answers 502 when the prelude %s', async (_what, json) => {
    const url = await serve(async (_event, stream) => {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.write(`${json}${'\0'.repeat(8)}body`);
      stream.end();
    });
    expect((await fetch(url)).status).toBe(502);
    expect(failures).toHaveLength(1);
  });

  it('answers 502 when a prelude is never followed by a write', async () => {
    const url = await serve(streaming((out) => void out.end()));
    expect((await fetch(url)).status).toBe(502);
  });

  it('cuts the connection when the handler fails after the prelude, and goes on serving', async () => {
    let calls = 0;
    const url = await serve(
      streaming((out) => {
        out.write('half');
        calls += 1;
        if (calls === 1) throw new Error('broken');
        out.end(' and half');
      }),
    );
    const { response } = await rawRequest(url);
    expect(response.statusCode).toBe(200);
    await expect(textOf(response)).rejects.toThrow(/aborted/);
    expect(await (await fetch(url)).text()).toBe('half and half');
  });

  it('ends a handler that returned without ending its stream by the time-out', async () => {
    const url = await serve(
      streaming((out) => void out.write('half')),
      50,
    );
    const { response } = await rawRequest(url);
    await expect(textOf(response)).rejects.toThrow(/aborted/);
    expect(failures.map((error) => error.message)).toEqual(['The function ran longer than 50 ms.']);
  });

  it('serves many requests at once and never mixes them', async () => {
    const all = Promise.withResolvers<void>();
    let open = 0;
    const url = await serve(
      streaming(async (out, event) => {
        out.write(`${event.rawQueryString}:`);
        open += 1;
        if (open === 100) all.resolve();
        await all.promise;
        out.end(event.rawQueryString);
      }),
    );
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => textOf((await rawRequest(`${url}/?${n}`)).response)),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => `${n}:${n}`));
  });

  it('lets the handler run on when the client leaves, and discards its bytes', async () => {
    const left = Promise.withResolvers<void>();
    const wroteAll = Promise.withResolvers<number>();
    const url = await serve(
      streaming(async (out) => {
        out.write('first');
        await left.promise;
        let bytes = 0;
        for (let n = 0; n < 32; n += 1) {
          const chunk = Buffer.alloc(1024 * 1024);
          bytes += chunk.length;
          if (!out.write(chunk)) await once(out, 'drain');
        }
        out.end();
        wroteAll.resolve(bytes);
      }),
    );
    const { request, response } = await rawRequest(url);
    await once(response, 'data');
    request.destroy();
    left.resolve();
    expect(await wroteAll.promise).toBe(32 * 1024 * 1024);
    expect(failures).toEqual([]);
  });

  it('sends no prelude for a chunk that is given to `end`, as the runtime does not', async () => {
    const url = await serve(streaming((out) => void out.end('text')));
    expect((await fetch(url)).status).toBe(502);
  });

  it('refuses an event over 6 MB, announced or not, and takes one just below', async () => {
    const url = await serve(
      streaming((out, event) => {
        out.write(String(event.body?.length));
        out.end();
      }),
    );
    const post = (body: Buffer, headers: Record<string, string> = {}) =>
      fetch(url, { method: 'POST', body: new Uint8Array(body), headers });
    const text = { 'content-type': 'text/plain' };
    expect((await post(Buffer.alloc(6 * 1024 * 1024 + 1), text)).status).toBe(413);
    // Base64 makes four bytes of three, so this event is too large though its body is not.
    expect((await post(Buffer.alloc(5 * 1024 * 1024))).status).toBe(413);
    expect(await (await post(Buffer.alloc(6 * 1024 * 1024 - 4096, 'a'), text)).text()).toBe('6287360');
    const { request, response } = await rawRequest(url, {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(7 * 1024 * 1024),
    });
    expect(response.statusCode).toBe(413);
    request.destroy();
  });

  it.each(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example'])(
    'refuses a request to the host %s',
    async (host) => {
      const url = await serve(streaming((out) => void out.end('secret')));
      const { response } = await rawRequest(url, { headers: { host } });
      expect(response.statusCode).toBe(403);
      expect(await textOf(response)).not.toContain('secret');
    },
  );

  it('rejects when its port is taken', async () => {
    const url = await serve(streaming((out) => void out.end()));
    const port = Number(new URL(url).port);
    const second = startFunctionUrl(port, {
      handler: streaming(() => undefined),
      functionName: 'api',
      onFailure: () => undefined,
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('lets running requests end when it closes', async () => {
    const closing = Promise.withResolvers<void>();
    const url = await serve(
      streaming(async (out) => {
        out.write('a');
        await closing.promise;
        out.end('b');
      }),
    );
    const { response } = await rawRequest(url);
    const closed = server?.close(10_000);
    closing.resolve();
    expect(await textOf(response)).toBe('ab');
    await closed;
    server = undefined;
  });
});
