import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { askServer } from '../../../local/ask/client.ts';
import { tellWrong } from '../../../local/ask/feedback.ts';
import { renderAnswer } from '../../../local/ask/render.ts';
import { close, listen } from '../../../local/listen.ts';

const { signal } = new AbortController();
let server: Server | undefined;

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  if (server) await close(server);
  server = undefined;
});

async function ask(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  let written = '';
  await renderAnswer(askServer(await listen(server, 0), 'Why?', signal), (text) => (written += text));
  return written;
}

const frame = (event: string, data: object) => `id: 1\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const source = (n: number, document: string, place: object) => ({
  ...place,
  n,
  document,
  title: 'Title',
  headings: ['Top', 'Costs'],
});
const sources = frame('sources', {
  id: 'a1',
  cached: false,
  sources: [source(1, 'a.md', { line: 12 }), source(2, 'b.pdf', { page: 7 }), source(3, 'c.txt', {})],
});
const done = frame('done', {
  finishReason: 'stop',
  citations: [1, 2],
  servedBy: 'model',
  degraded: ['documents'],
  timing: { firstTokenMs: 12.4, totalMs: 30.6 },
});

it('writes the answer, the cited sources with their places, and how long it took', async () => {
  const frames = [
    sources,
    ': keep-alive\n\n',
    frame('delta', { text: 'It costs ' }),
    frame('delta', { text: 'nothing [1][2].' }),
    done,
  ];
  const written = await ask((request, response) => {
    expect([request.method, request.url]).toEqual(['POST', '/ask']);
    for (const each of frames) response.write(each);
    response.end();
  });
  expect(written).toBe(
    [
      'It costs nothing [1][2].',
      '',
      '[1] a.md:12  Costs',
      '[2] b.pdf, page 7  Costs',
      '',
      '(model; first token after 12 ms; all after 31 ms; without: documents)',
      '',
    ].join('\n'),
  );
});

it.each([
  ['exact', 4, 'cached 4 s ago for the same question'],
  ['exact', 200, 'cached 3 min ago for the same question'],
  ['similar', 3 * 3_600, 'cached 3 h ago for a similar question'],
])(
  'tells of an %s answer from %i s before where it is from, and how to object',
  async (cached, age, told) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const cachedAt = new Date(Date.now() - age * 1_000).toISOString();
    const begun = frame('sources', { id: 'a1', cached, cachedAt, sources: [] });
    const written = await ask((_request, response) => void response.end(begun + done));
    expect(written).toContain(`(model; ${told}; first token`);
    expect(written).toMatch(/\nNot right\? npm run ask -- --wrong a1\n$/);
  },
);

it('says that an answer was wrong, with the key to show', async () => {
  vi.stubEnv('RAGLAN_KEY', 'rgl_key');
  let body = '';
  let shown: string | undefined;
  server = createServer((request, response) => {
    shown = request.headers.authorization;
    expect([request.method, request.url]).toEqual(['POST', '/answers/a%2F1/feedback']);
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => response.writeHead(204).end());
  });
  await tellWrong(await listen(server, 0), 'a/1', signal);
  expect(JSON.parse(body)).toEqual({ right: false });
  expect(shown).toBe('Bearer rgl_key');
});

it('fails to say so with what the server says', async () => {
  const missing = JSON.stringify({ error: { message: 'There is no such answer.' } });
  server = createServer((_request, response) => void response.writeHead(404).end(missing));
  const told = tellWrong(await listen(server, 0), 'a1', signal);
  await expect(told).rejects.toThrow('There is no such answer.');
});

it('passes each part on as it comes', async () => {
  const first = Promise.withResolvers<void>();
  server = createServer((_request, response) => {
    response.write(sources + frame('delta', { text: 'first' }));
    // The rest only comes once the first part was shown.
    first.promise.then(
      () => response.end(frame('delta', { text: ' last' }) + done),
      () => response.destroy(),
    );
  });
  const written: string[] = [];
  await renderAnswer(askServer(await listen(server, 0), 'Why?', signal), (text) => {
    written.push(text);
    if (text === 'first') first.resolve();
  });
  expect(written.slice(0, 2)).toEqual(['first', ' last']);
});

it('fails with what the server says', async () => {
  const body = JSON.stringify({ error: { code: 'model_unavailable', message: 'No model answers.' } });
  const refused = ask((_request, response) => void response.writeHead(502).end(body));
  await expect(refused).rejects.toThrow('No model answers.');
});

it('says how to show a key where the server wants one', async () => {
  const body = JSON.stringify({ error: { code: 'unauthorized', message: 'Send your key.' } });
  const refused = ask((_request, response) => void response.writeHead(401).end(body));
  await expect(refused).rejects.toThrow('Send your key. Set RAGLAN_KEY to it.');
});

it('fails with the reason of an error event', async () => {
  const error = frame('error', { error: { message: 'The answer was cut.', requestId: 'r1' } });
  const cut = ask((_request, response) => void response.end(sources + error));
  await expect(cut).rejects.toThrow('The answer was cut. (request r1)');
});

it('fails when the stream ends before the answer', async () => {
  const cut = ask((_request, response) => void response.end(sources));
  await expect(cut).rejects.toThrow('The connection ended before the answer did.');
});

it('says how to start a server when there is none', async () => {
  const nobody = createServer();
  const url = await listen(nobody, 0);
  await close(nobody);
  const events = askServer(url, 'Why?', signal);
  await expect(events.next()).rejects.toThrow(`No server answers at ${url}. Start one with npm start`);
});
