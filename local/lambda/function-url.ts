import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isLoopbackHost } from '../loopback.ts';
import { close, listen } from '../listen.ts';
import { toFunctionUrlEvent } from './function-url-event.ts';
import { invokeStreaming, type StreamingHandler } from './invoke-streaming.ts';
import { answerPlainly } from './plain-answer.ts';
import { readBody } from './request-body.ts';
import { createResponder } from './responder.ts';

/** Largest event, in bytes of JSON (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const maxEventBytes = 6 * 1024 * 1024;

/** JSON writes a byte as six at most (`\u0000`), so shorter bodies need no count. */
const surelySmallBytes = maxEventBytes / 8;

export interface FunctionUrlOptions {
  handler: StreamingHandler;
  functionName: string;
  /** Longest invocation in milliseconds; Lambda's own limit if left out. */
  timeoutMs?: number;
  /** Answers what is for it, before the function is asked; undefined for what is the function's. */
  serveFile?: (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;
  /** Hears of every invocation that failed, after its client was told. */
  onFailure(error: Error, requestId: string): void;
}

export interface FunctionUrl {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Takes no more requests, lets running ones end for at most `graceMs`, then cuts them. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Serves a streaming handler on 127.0.0.1 as a Lambda function URL in `RESPONSE_STREAM` mode does, any number of
 * requests at once. Throws the server's own error if the port is taken. Port 0 is any free port.
 */
export async function startFunctionUrl(port: number, options: FunctionUrlOptions): Promise<FunctionUrl> {
  const running = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const work = serve(request, response, options)
      .catch(() => void response.destroy())
      .finally(() => running.delete(work));
    running.add(work);
  });
  const url = await listen(server, port);
  return { url, close: (graceMs = 0) => closeGracefully(server, running, graceMs) };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: FunctionUrlOptions,
): Promise<void> {
  const requestId = randomUUID();
  if (!isLoopbackHost(request.headers.host)) {
    return answerPlainly(response, requestId, { status: 403, message: 'Forbidden' });
  }
  const served = options.serveFile?.(request, response);
  if (served) return served;
  const event = await readEvent(request, requestId);
  if (event === 'left') return;
  if (event === 'too-large') {
    const message = `Request must be smaller than ${maxEventBytes} bytes for the InvokeFunction operation`;
    return answerPlainly(response, requestId, { status: 413, message });
  }
  const { handler, functionName, timeoutMs = 900_000 } = options;
  const responder = createResponder(response, requestId);
  const failure = await invokeStreaming(handler, { event, responder, requestId, functionName, timeoutMs });
  if (failure) options.onFailure(failure, requestId);
}

/** The event, or why there is none. The body's bytes end here: an invocation may take minutes, and is to hold them no longer. */
async function readEvent(
  request: IncomingMessage,
  requestId: string,
): Promise<LambdaFunctionURLEvent | 'left' | 'too-large'> {
  const body = await readBody(request, maxEventBytes);
  if (body.kind !== 'read') return body.kind;
  const event = toFunctionUrlEvent(request, { body: body.bytes, requestId });
  if (body.bytes.length <= surelySmallBytes) return event;
  return Buffer.byteLength(JSON.stringify(event)) > maxEventBytes ? 'too-large' : event;
}

async function closeGracefully(server: Server, running: ReadonlySet<Promise<void>>, graceMs: number) {
  const closed = close(server);
  server.closeIdleConnections();
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([Promise.all(running), grace]);
  clearTimeout(timer);
  server.closeAllConnections();
  await closed;
}
