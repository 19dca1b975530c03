import { randomUUID } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { invokeStreaming, type StreamingHandler } from '../../local/lambda/invoke-streaming.ts';
import { createPreludeReader } from '../../local/lambda/prelude.ts';
import type { Responder } from '../../local/lambda/responder.ts';
import type { HttpTarget } from './target.ts';

const timeoutMs = 30_000;

/** Invokes a handler through its execution mode, without a socket in between. `awslambda` has to be installed. */
export function createInProcessTarget(handler: StreamingHandler, close: () => Promise<void>): HttpTarget {
  return {
    hasPlatform: false,
    close,
    fetch: async (path, init) => {
      const requestId = randomUUID();
      const event = await toEvent(new Request(new URL(path, 'http://in-process'), init), path, requestId);
      const { responder, response } = createResponse();
      const invoked = invokeStreaming(handler, {
        event,
        responder,
        requestId,
        functionName: 'api',
        timeoutMs,
      });
      const failure = invoked.then((error) => (error ? Promise.reject(error) : response));
      return Promise.race([response, failure]);
    },
  };
}

async function toEvent(request: Request, path: string, requestId: string): Promise<LambdaFunctionURLEvent> {
  const headers = Object.fromEntries(request.headers);
  const isText = /^(?:text\/|application\/json)/.test(headers['content-type'] ?? '');
  const body = Buffer.from(await request.arrayBuffer());
  const [rawPath = '/', rawQueryString = ''] = path.split('?');
  const { method } = request;
  const now = new Date();
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers,
    isBase64Encoded: !isText,
    body: body.toString(isText ? 'utf8' : 'base64'),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'in-process',
      domainName: 'in-process',
      domainPrefix: 'in-process',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
  };
}

/** A responder and the response that what it is told becomes. */
function createResponse(): { responder: Responder; response: Promise<Response> } {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const reader = createPreludeReader();
  const body = new TransformStream<Uint8Array, Uint8Array>();
  const writer = body.writable.getWriter();
  // A reader that went away is no failure of the function.
  const ignore = () => undefined;
  let hasBegun = false;
  const responder: Responder = {
    contentType: '',
    write: (chunk, done) => {
      let rest = chunk;
      if (!hasBegun) {
        const whole = reader.feed(chunk);
        if (!whole) return done();
        hasBegun = true;
        const { statusCode: status, headers } = whole.prelude;
        resolve(new Response(status === 204 ? null : body.readable, { status, headers }));
        rest = whole.rest;
      }
      if (rest.length > 0) writer.write(rest).catch(ignore);
      return done();
    },
    end: (done) => {
      writer.close().catch(ignore);
      done();
    },
    fail: () => void writer.abort(new Error('The function failed.')).catch(ignore),
  };
  return { responder, response: promise };
}
