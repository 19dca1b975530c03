import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen } from '../../local/listen.ts';

export interface WireServer {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Cuts what is open and stops listening. */
  close(): Promise<void>;
}

/** Serves requests with JSON bodies on 127.0.0.1, each by one call of `serve`; a call that throws cuts its connection. */
export async function startWireServer(
  serve: (request: IncomingMessage, body: unknown, response: ServerResponse) => Promise<void>,
): Promise<WireServer> {
  const server = createServer((request, response) => {
    request.socket.setNoDelay(true);
    readJson(request)
      .then((body) => serve(request, body, response))
      .catch(() => response.destroy());
  });
  // Longer than any client keeps an idle connection, or it would reuse one that is just being closed.
  server.keepAliveTimeout = 120_000;
  const url = await listen(server, 0);
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      await close(server);
    },
  };
}

/** An answer's body as bytes, made ahead so that making it does not come on top of a delay. */
export function toJson(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}

/** Sends one JSON answer, in one write. */
export function sendJson(
  response: ServerResponse,
  bytes: Buffer,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString('utf8'));
}
