import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { isLoopbackHost } from '../loopback.ts';
import { invalidRequest, toApiError } from './errors.ts';

const maxBodyBytes = 10 * 1024 * 1024;

/** Throws ApiError 403 unless the request comes from a program on this machine: DNS rebinding sends another `Host`, a web page an `Origin`. */
export function assertLocal(request: IncomingMessage): void {
  if (!isLoopbackHost(request.headers.host)) {
    throw invalidRequest('The Host of a request has to be this machine.', null, 403);
  }
  if (request.headers.origin !== undefined) {
    throw invalidRequest('Web pages may not use the models of this machine.', null, 403);
  }
}

/** The body as JSON that fits the schema. Throws ApiError 413 over 10 MB, 400 for anything else that is wrong. */
export async function readJson<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(parseJson(await readBody(request)));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue?.path.join('.') || null;
  throw invalidRequest(`${param ?? 'The body'}: ${issue?.message ?? 'is not valid'}`, param);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const tooLarge = invalidRequest('The body is larger than 10 MB.', null, 413);
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge;
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > maxBodyBytes) throw tooLarge;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw Object.assign(invalidRequest('The body is not JSON.'), { cause });
  }
}

/** Sends one JSON answer. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Sends a failure in OpenAI's shape; after the headers have gone all that is left is to cut the connection. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, retryAfterSeconds, ...body } = toApiError(error).failure;
  // What is left of a body that was refused would be read as the next request.
  if (!response.req.complete) response.setHeader('connection', 'close');
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  sendJson(response, { error: body }, status);
}

/** Writes server-sent events as fast as the reader takes them, then `[DONE]`. Throws when the signal aborts. */
export async function sendEvents(
  response: ServerResponse,
  events: Iterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (const event of events) {
    signal.throwIfAborted();
    if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) await once(response, 'drain', { signal });
  }
  response.end('data: [DONE]\n\n');
}
