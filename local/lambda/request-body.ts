import type { IncomingMessage } from 'node:http';

/** What is left of a request once its body is read. `left` means that the client went before it had sent everything. */
export type RequestBody = { kind: 'read'; bytes: Buffer } | { kind: 'too-large' } | { kind: 'left' };

/**
 * Reads a body of at most `limit` bytes. A longer one is refused as soon as that is known, by its announced length or
 * by the first byte too many; the rest is left to Node, which discards it.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<RequestBody> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return Promise.resolve({ kind: 'too-large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) settle({ kind: 'too-large' });
      else chunks.push(chunk);
    };
    const end = () => settle({ kind: 'read', bytes: Buffer.concat(chunks, length) });
    const leave = () => settle({ kind: 'left' });
    // The request lives as long as its response, and a listener of this scope that stays would hold the body as long.
    const settle = (body: RequestBody) => {
      request.off('data', take).off('end', end).off('close', leave);
      resolve(body);
    };
    request.on('data', take).once('end', end).once('close', leave);
    request.on('error', ignore);
  });
}

/** An error that nobody listens for would be thrown; `close` comes after it. */
function ignore(): void {}
