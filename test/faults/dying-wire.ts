import type { IncomingMessage, ServerResponse } from 'node:http';
import { startWireServer } from '../wire/http-server.ts';

/**
 * What becomes of a write. `pass` is done and answered. With `die` nothing is done, with `tear` it is done (of a batch the
 * first half) but not answered; after either of the two nothing comes through any more, as from a process that was killed.
 */
export type Fate = 'pass' | 'die' | 'tear';

/** A wire to DynamoDB on which one may die at any write. */
export interface DyingWire {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  endpoint: string;
  /** Lets everything through again and asks `fate` about each write from now on, the first being number 1. */
  arm(fate: (write: number) => Fate | Promise<Fate>): void;
  /** The operations of the writes since, in order. */
  writes(): string[];
  /** Resolves when nothing that came through is still being done. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const writing = new Set(['UpdateItem', 'PutItem', 'DeleteItem', 'BatchWriteItem', 'UpdateTable']);

/** Starts a wire to a DynamoDB on 127.0.0.1. */
export async function startDyingWire(endpoint: string): Promise<DyingWire> {
  let fateOf: (write: number) => Fate | Promise<Fate> = () => 'pass';
  let writes: string[] = [];
  let isDead = false;
  const underWay = new Set<Promise<void>>();

  const serve = async (request: IncomingMessage, body: unknown, response: ServerResponse) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    if (!isDead && writing.has(operation)) {
      writes.push(operation);
      const fate = await fateOf(writes.length);
      if (fate !== 'pass') isDead = true;
      if (fate === 'tear') await send(endpoint, request, firstHalf(body));
    }
    // Others may have been waiting while one died.
    if (isDead) throw new Error('Dead.');
    await passOn(await send(endpoint, request, body), response);
  };
  const server = await startWireServer((request, body, response) => {
    const serving = serve(request, body, response).finally(() => underWay.delete(serving));
    underWay.add(serving);
    return serving;
  });

  return {
    endpoint: server.url,
    arm: (fate) => {
      fateOf = fate;
      writes = [];
      isDead = false;
    },
    writes: () => writes,
    settled: async () => void (await Promise.allSettled(underWay)),
    close: () => server.close(),
  };
}

/** The same request to the DynamoDB behind. */
function send(endpoint: string, { headers: sent }: IncomingMessage, body: unknown): Promise<Response> {
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = sent;
  return fetch(endpoint, {
    method: 'POST',
    headers: headers as Record<string, string>,
    body: JSON.stringify(body),
  });
}

async function passOn(answer: Response, response: ServerResponse): Promise<void> {
  const bytes = Buffer.from(await answer.arrayBuffer());
  const crc = answer.headers.get('x-amz-crc32');
  response.writeHead(answer.status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
    ...(crc !== null && { 'x-amz-crc32': crc }),
  });
  response.end(bytes);
}

/** A batch's first half; a single write whole. */
function firstHalf(body: unknown): unknown {
  const { RequestItems, ...rest } = body as { RequestItems?: Record<string, unknown[]> };
  if (!RequestItems) return body;
  const halves = Object.entries(RequestItems).map(([table, requests]) => [
    table,
    requests.slice(0, Math.ceil(requests.length / 2)),
  ]);
  return { ...rest, RequestItems: Object.fromEntries(halves) };
}
