import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectTcp, type AddressInfo, type LookupFunction } from 'node:net';
import type { Connect } from '../../../lib/webhook/post.ts';

/** What came in. */
export interface Received {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A receiver of webhooks, and the way to it. */
export interface Receiver {
  received: Received[];
  /** What was to be connected to, each with the addresses that its look-up brought. */
  connected: { host: string; port: number; servername?: string; addresses: string[] }[];
  connect: Connect;
  close(): Promise<void>;
}

/** Starts a receiver on loopback. `connect` looks up what it is told to, notes it and then comes here. */
export async function startReceiver(
  answer: (request: Received, response: ServerResponse) => void,
): Promise<Receiver> {
  const received: Received[] = [];
  const connected: Receiver['connected'] = [];
  const server = createServer((request, response) => {
    read(request).then(
      (whole) => {
        received.push(whole);
        answer(whole, response);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    received,
    connected,
    connect: (options) =>
      connectTcp({
        host: options.host,
        port,
        lookup: (name, how, done) => {
          options.lookup(name, { ...how, all: true }, (error, found) => {
            const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [];
            const { host, servername } = options;
            connected.push({
              ...{ host, port: options.port ?? 0, addresses },
              ...(servername !== undefined && { servername }),
            });
            answerWithLoopback(done, how.all, error);
          });
        },
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function answerWithLoopback(
  done: Parameters<LookupFunction>[2],
  wantsAll: boolean | undefined,
  error: Error | null,
): void {
  if (error) done(error, '');
  else if (wantsAll) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
}

async function read(request: IncomingMessage): Promise<Received> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += String(part);
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers: headers as Record<string, string>, body };
}
