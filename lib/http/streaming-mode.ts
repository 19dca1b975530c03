import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { PluginExecutionMode } from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { toErrorResponse } from './errors.ts';
import type { HttpResponse } from './response.ts';

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
      try {
        await write(stream, response, context.awsRequestId);
      } catch (error) {
        onError(error);
        stream.end();
      }
      await response.afterResponse?.();
    });
  return mode as unknown as PluginExecutionMode;
}

/** Writes prelude and body, waiting whenever the stream is full. */
async function write(stream: Writable, response: HttpResponse, requestId: string): Promise<void> {
  const headers = { ...response.headers, 'x-request-id': requestId };
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: response.status, headers });
  // An error of the stream would otherwise be thrown where nobody can catch it; writing fails on its own.
  out.on('error', () => {});
  if (typeof response.body === 'string') {
    out.end(response.body);
    return;
  }
  // The prelude leaves with the first write, even an empty one.
  out.write('');
  const parts = response.body[Symbol.asyncIterator]();
  for (;;) {
    const part = await parts.next();
    if (part.done) break;
    if (out.destroyed) throw new Error('The response stream was closed.');
    if (!out.write(part.value)) await drained(out);
  }
  out.end();
}

async function drained(out: Writable): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(out, 'drain', { signal }), once(out, 'close', { signal })]);
  } finally {
    settled.abort();
  }
}
