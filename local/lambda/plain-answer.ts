import type { ServerResponse } from 'node:http';

/** An answer of the platform itself, in the form that AWS gives its own errors. */
export function answerPlainly(
  response: ServerResponse,
  requestId: string,
  { status, message }: { status: number; message: string },
): void {
  const body = JSON.stringify({ message });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}
