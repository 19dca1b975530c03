import { afterAll, beforeAll, expect, it } from 'vitest';
import { json } from './client.ts';
import { startLexicalCloud, type LexicalCloud } from './lexical-cloud.ts';

const app = 'https://app.example';

let lexical: LexicalCloud;
let url: string;

beforeAll(async () => {
  lexical = await startLexicalCloud(undefined, undefined, { ALLOWED_ORIGINS: app });
  ({ url } = lexical.cloud);
});
afterAll(() => lexical.close());

type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

/** Sends a request as the page of an origin. */
function from(origin: string, path: string, init: Init = {}) {
  return fetch(new URL(path, url), { ...init, headers: { ...init.headers, origin } });
}

function ask(origin: string) {
  return from(origin, '/ask', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question: 'Which door is red?', stream: true }),
  });
}

it('a page that is allowed asks first, and reads streams and errors', async () => {
  const preflight = await from(app, '/ask', {
    method: 'OPTIONS',
    headers: {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    },
  });
  expect([preflight.status, await preflight.text()]).toEqual([204, '']);
  expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization, *');

  const streamed = await ask(app);
  expect(await streamed.text()).toContain('event: done');
  const refused = await from(app, '/nothing');
  for (const [response, status] of [
    [streamed, 200],
    [refused, 404],
  ] as const) {
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([status, app]);
    expect(response.headers.get('vary')).toBe('origin');
    expect(response.headers.get('x-request-id')).toBeTruthy();
  }
  await refused.text();
});

it('a page elsewhere puts no document where nobody needs a key', async () => {
  const planted = '/documents/planted.txt';
  for (const origin of ['https://evil.example', 'null', url.replace('127.0.0.1', 'localhost')]) {
    const headers = { 'content-type': 'text/plain' };
    const put = await from(origin, planted, { method: 'PUT', headers, body: 'x' });
    expect(await json(put, 403)).toMatchObject({ error: { code: 'forbidden' } });
    expect(put.headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask(origin)).status).toBe(403);
  }
  await json(await fetch(new URL(planted, url)), 404);
});

it('the page that the server serves calls, and uploads what is large straight to the bucket', async () => {
  const created = await from(url, '/documents/large.txt/upload', { method: 'POST' });
  const form = await json<{ url: string; fields: Record<string, string> }>(created, 201);
  // A page that shows progress listens to its upload, so its browser asks first.
  const preflight = await from(url, form.url, {
    method: 'OPTIONS',
    headers: { 'access-control-request-method': 'POST' },
  });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, url]);
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.set(name, value);
  body.set('file', new Blob(['The lock gate weighs 90 tonnes. '.repeat(200_000)]));
  const uploaded = await from(url, form.url, { method: 'POST', body });
  const said = await uploaded.text();
  expect({ ok: uploaded.ok, said }).toEqual({ ok: true, said });
  expect(uploaded.headers.get('access-control-allow-origin')).toBe(url);
  const known = async () => (await fetch(new URL('/documents/large.txt', url))).status;
  await expect.poll(known, { timeout: 25_000, interval: 50 }).toBe(200);
});
