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
    const settle = (body: RequestBody) => {
      request.removeAllListeners('data');
      resolve(body);
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) settle({ kind: 'too-large' });
      else chunks.push(chunk);
    });
    request.once('end', () => settle({ kind: 'read', bytes: Buffer.concat(chunks, length) }));
    request.once('close', () => settle({ kind: 'left' }));
    request.once('error', () => settle({ kind: 'left' }));
  });
}
