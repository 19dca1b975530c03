import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { DocumentFailure, ServerFailure, UsageFailure } from '../../../local/ingest/failures.ts';
import { createServerClient } from '../../../local/ingest/server.ts';
import { close, listen } from '../../../local/listen.ts';

const { signal } = new AbortController();
const record = { state: 'received', updatedAt: '1', chunks: 0, chunksDone: 0 };
let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  if (server) await close(server);
  server = undefined;
});

/** A client of a server that answers so. */
async function clientOf(answer: RequestListener) {
  server = createServer((request, response) => {
    request.resume().on('end', () => answer(request, response));
  });
  return createServerClient(await listen(server, 0), 'my-notes');
}

it('names document and collection in every address, with what is not safe in one encoded', async () => {
  const urls: (string | undefined)[] = [];
  const client = await clientOf((request, response) => {
    urls.push(`${request.method} ${request.url}`);
    response.end(JSON.stringify(record));
  });
  await client.check(signal);
  await client.put('a b/é.md', new Uint8Array(1), { contentType: 'text/markdown' }, signal);
  expect(await client.get('a/b.md', signal)).toEqual(record);
  await client.retry('a/b.md', signal);
  expect(urls).toEqual([
    'GET /documents?collection=my-notes&limit=1',
    'PUT /documents/a%20b/%C3%A9.md?collection=my-notes',
    'GET /documents/a/b.md?collection=my-notes',
    'POST /documents/a/b.md/retry?collection=my-notes',
  ]);
});

it.each([
  ['UTF-8', Buffer.from('\uFEFFSchlüssel'), 'text/plain'],
  ['Windows-1252', Buffer.from('Schl\xfcssel', 'latin1'), 'application/octet-stream'],
  ['UTF-16', Buffer.from('\uFEFFSchlüssel', 'utf16le'), 'application/octet-stream'],
  ['UTF-32', Buffer.from('fffe000041000000', 'hex'), 'application/octet-stream'],
  ['UTF-8 with a replacement character', Buffer.from('Schl\uFFFDssel'), 'application/octet-stream'],
])('sends text in %s so that it arrives whole', async (_, body, contentType) => {
  const types: (string | undefined)[] = [];
  const client = await clientOf((request, response) => {
    types.push(request.headers['content-type']);
    response.end(JSON.stringify(record));
  });
  await client.put('key.txt', new Uint8Array(body), { contentType: 'text/plain' }, signal);
  expect(types).toEqual([contentType]);
});

it('sends what is busy again after the pause it asks for', async () => {
  let calls = 0;
  const client = await clientOf((_, response) => {
    calls += 1;
    if (calls < 3) response.writeHead(503, { 'retry-after': '0' }).end();
    else response.end(JSON.stringify(record));
  });
  expect(await client.get('a', signal)).toEqual(record);
  expect(calls).toBe(3);
});

describe('a failure', () => {
  const error = JSON.stringify({ error: { code: 'any', message: 'Not so.' } });

  it.each([
    ['of the collection is one of usage', 400, error, UsageFailure, 'Not so.'],
    ['of another kind is the server’s', 403, '<html>', ServerFailure, 'The server answered with status 403.'],
  ])('at the start %s', async (_, status, body, kind, message) => {
    const client = await clientOf((_request, response) => void response.writeHead(status).end(body));
    const checking = client.check(signal);
    await expect(checking).rejects.toThrow(kind);
    await expect(checking).rejects.toThrow(message);
  });

  it('of one document is told in the server’s words', async () => {
    const client = await clientOf((_, response) => void response.writeHead(415).end(error));
    const putting = client.put('a', new Uint8Array(1), { contentType: 'image/png' }, signal);
    await expect(putting).rejects.toThrow(DocumentFailure);
    await expect(putting).rejects.toThrow('Not so.');
  });

  it('to be no server of ours is told', async () => {
    const client = await clientOf((_, response) => void response.end('<html>'));
    await expect(client.get('a', signal)).rejects.toThrow('What answers there is no Raglan.');
  });

  it('to answer at all says how to start one', async () => {
    const client = await clientOf((request) => void request.socket.destroy());
    const checking = client.check(signal);
    await expect(checking).rejects.toThrow(ServerFailure);
    await expect(checking).rejects.toThrow(/^No server answers at http:.*npm start/);
  });

  it('by abort is that abort', async () => {
    const stopping = new AbortController();
    const reason = new Error('stopped');
    const client = await clientOf(() => stopping.abort(reason));
    await expect(client.get('a', stopping.signal)).rejects.toBe(reason);
  });
});

it('a document that is not there is none', async () => {
  const client = await clientOf((_, response) => void response.writeHead(404).end('{}'));
  expect(await client.get('a', signal)).toBeUndefined();
});
