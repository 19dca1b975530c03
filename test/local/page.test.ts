import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPage, type Page } from '../../local/page.ts';
import { startFunctionUrl, type FunctionUrl } from '../../local/lambda/function-url.ts';
import type { PageFile } from '../../web/build.ts';

const files: PageFile[] = [
  {
    path: '/index.html',
    contentType: 'text/html; charset=utf-8',
    cacheControl: 'no-cache',
    bytes: Buffer.from('<p>page</p>'),
  },
  {
    path: '/assets/main-HASH.js',
    contentType: 'text/javascript; charset=utf-8',
    cacheControl: 'public, max-age=31536000, immutable',
    bytes: Buffer.from('run()'),
  },
];

let server: FunctionUrl | undefined;

afterEach(async () => {
  await server?.close();
});

/** Serves a page in front of a function that answers everything with its path. */
async function serve(page: Page): Promise<string> {
  server = await startFunctionUrl(0, {
    functionName: 'api',
    serveFile: page.serve,
    handler: async (event, stream) => {
      stream.setContentType('text/plain');
      stream.end(`function ${event.requestContext.http.method} ${event.rawPath}`);
    },
    onFailure: (error) => expect.fail(String(error)),
  });
  return server.url;
}

function built(): Page {
  const page = createPage({ build: async () => files, onFailure: (error) => expect.fail(String(error)) });
  page.allow(['http://127.0.0.1:9000']);
  return page;
}

describe('the page on the laptop', () => {
  it('is served at the root, under a strict policy that lets it upload', async () => {
    const response = await fetch(await serve(built()));
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<p>page</p>');
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self' http://127.0.0.1:9000; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify",
    );
  });

  it('has its files for good, and tells who has one already', async () => {
    const url = await serve(built());
    const first = await fetch(`${url}/assets/main-HASH.js`);
    expect(first.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await first.text()).toBe('run()');
    const etag = first.headers.get('etag') ?? '';
    const second = await fetch(`${url}/assets/main-HASH.js`, { headers: { 'if-none-match': etag } });
    expect(second.status).toBe(304);
    const other = await fetch(url, { headers: { 'if-none-match': etag } });
    expect(other.status).toBe(200);
  });

  it('answers HEAD without a body, and a file that it has not with 404', async () => {
    const url = await serve(built());
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '11', '']);
    expect((await fetch(`${url}/assets/other.js`)).status).toBe(404);
  });

  it('leaves everything else to the function', async () => {
    const url = await serve(built());
    expect(await (await fetch(`${url}/documents?x=1`)).text()).toBe('function GET /documents');
    expect(await (await fetch(url, { method: 'POST' })).text()).toBe('function POST /');
    expect(await (await fetch(`${url}/index.html`)).text()).toBe('function GET /index.html');
  });

  it('is refused under a name that is not this machine', async () => {
    const { port } = new URL(await serve(built()));
    const call = request({ port, host: '127.0.0.1', path: '/', headers: { host: 'evil.example' } }).end();
    const [response] = await once(call, 'response');
    response.resume();
    expect(response.statusCode).toBe(403);
  });

  it('keeps who comes before it is built waiting, and nobody else', async () => {
    const build = Promise.withResolvers<PageFile[]>();
    const page = createPage({ build: () => build.promise, onFailure: () => undefined });
    const url = await serve(page);
    const early = fetch(url);
    expect(await (await fetch(`${url}/health`)).text()).toBe('function GET /health');
    build.resolve(files);
    page.allow([]);
    expect(await (await early).text()).toBe('<p>page</p>');
  });

  it('says why it could not be built, there and to who started it, and the function goes on', async () => {
    const onFailure = vi.fn();
    const page = createPage({ build: () => Promise.reject(new Error('main.ts: no such thing')), onFailure });
    const url = await serve(page);
    const response = await fetch(url);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('The page could not be built.\n\nmain.ts: no such thing\n');
    expect(onFailure.mock.calls).toEqual([[expect.objectContaining({ message: 'main.ts: no such thing' })]]);
    expect(await (await fetch(`${url}/health`)).text()).toBe('function GET /health');
  });
});
