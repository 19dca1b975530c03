import { beforeEach, describe, expect, it } from 'vitest';
import { identifyByKey } from '../../../lib/http/access.ts';
import { createApi, type Api } from '../../../lib/http/api.ts';
import { createAccess } from '../../../lib/rag/access/access.ts';
import { createKey } from '../../../lib/rag/access/create-key.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import { createFakeBudgets, createFakeKeys, createFakeLimits } from '../../fakes/access.ts';
import { createCalls } from '../../fakes/calls.ts';
import { call, createService, errorOf, post, textOf } from './calling.ts';

const origin = 'https://app.example';
const others = ['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'null'];
const readable = {
  'access-control-allow-origin': origin,
  'access-control-expose-headers': '*',
  vary: 'origin',
};

let service: ReturnType<typeof createService>;
let keys: ReturnType<typeof createFakeKeys>;
/** With keys, and one page that may call. */
let api: Api;

beforeEach(() => {
  const calls = createCalls();
  keys = createFakeKeys(calls);
  const access = createAccess({
    ...{ keys, limits: createFakeLimits(calls), budgets: createFakeBudgets(calls) },
    telemetry: { failed: () => {} },
  });
  service = createService(undefined, identifyByKey(access));
  api = createApi({ ...service.dependencies, allowedOrigins: [origin], refusesOtherPages: false });
});

async function bearer(limits?: { perMinute: number; burst: number }): Promise<string> {
  const wish = { tenant: 'acme', name: 'test', scopes: ['ask'] as const, ...(limits && { limits }) };
  return `Bearer ${(await createKey(keys, wish, { signal: new AbortController().signal })).text}`;
}

function preflight(path: string, from: string, by = api) {
  const headers = { origin: from, 'access-control-request-method': 'POST' };
  return call(by, 'OPTIONS', path, { headers });
}

describe('a page that may call', () => {
  it.each([
    ['/ask', 'POST'],
    ['/v1/chat/completions', 'POST'],
    ['/documents/guides/start.md', 'PUT, GET, DELETE'],
    ['/documents/guides/start.md/chunks/3', 'GET'],
    ['/answers/0123456789abcdef0123456789abcdef/events', 'GET'],
    ['/health', 'GET'],
  ])('is told without a key how %s may be called: %s', async (path, methods) => {
    const response = await preflight(path, origin);
    expect([response.status, response.body]).toEqual([204, '']);
    expect(response.headers).toEqual({
      ...readable,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'authorization, *',
      'access-control-max-age': '7200',
    });
    expect(service.calls.all).toEqual([]);
  });

  it('reads answers, whole and streamed', async () => {
    const headers = { origin, authorization: await bearer() };
    service.serve('guide', 'v1', ['the red door'], 'acme/main');
    const whole = await post(api, '/ask', { question: 'which door?' }, headers);
    const streamed = await post(api, '/ask', { question: 'which door?', stream: true }, headers);
    expect(await textOf(streamed)).toContain('event: done');
    for (const response of [whole, streamed]) {
      expect([response.status, response.headers]).toEqual([200, expect.objectContaining(readable)]);
    }
    await Promise.all([whole.afterResponse?.(), streamed.afterResponse?.()]);
  });

  it.each([
    ['a path that is not there', 'GET', '/nothing', 404],
    ['a preflight of one', 'OPTIONS', '/nothing', 404],
    ['another method', 'PATCH', '/ask', 405],
    ['no key', 'POST', '/ask', 401],
    ['no key, below /v1', 'POST', '/v1/chat/completions', 401],
  ])('reads errors: %s', async (_, method, path, status) => {
    const headers = { origin, 'access-control-request-method': 'POST' };
    const response = await call(api, method, path, { headers });
    expect([response.status, response.headers]).toEqual([status, expect.objectContaining(readable)]);
  });

  it('reads that it asks too often, and that something of ours failed', async () => {
    const headers = { origin, authorization: await bearer({ perMinute: 1, burst: 1 }) };
    service.calls.before('documents.list', () => {
      throw new RagError('storage_unavailable', 'The database did not answer.');
    });
    const failed = await call(api, 'GET', '/documents', { headers });
    const refused = await call(api, 'GET', '/documents', { headers });
    expect([failed.status, failed.headers]).toEqual([503, expect.objectContaining(readable)]);
    expect([refused.status, refused.headers]).toEqual([429, expect.objectContaining(readable)]);
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
    expect(service.failures).toMatchObject([{ code: 'storage_unavailable' }]);
  });

  it('is never allowed credentials', async () => {
    const responses = [
      await preflight('/ask', origin),
      await call(api, 'GET', '/health', { headers: { origin } }),
    ];
    expect(JSON.stringify(responses)).not.toContain('allow-credentials');
  });
});

describe.each(others)('a page of %s, which may not', (from) => {
  it('is told nothing, where keys say who calls', async () => {
    const asked = await preflight('/ask', from);
    expect([asked.status, asked.headers['vary']]).toEqual([405, 'origin']);
    const headers = { origin: from, authorization: await bearer() };
    const answered = await call(api, 'GET', '/documents', { headers });
    expect([answered.status, answered.headers['vary']]).toEqual([200, 'origin']);
    expect(JSON.stringify([asked.headers, answered.headers])).not.toContain('access-control');
  });

  it('is refused, where nobody needs a key, before anything is done', async () => {
    const open = createService();
    const headers = { origin: from, host: 'localhost:3000', 'content-type': 'text/plain' };
    const refused = [
      await call(open.api, 'PUT', '/documents/guide', { headers, body: 'planted' }),
      await post(open.api, '/documents/guide/upload', {}, headers),
      await post(open.api, '/ask', { question: 'x' }, headers),
      await preflight('/ask', from, open.api),
    ];
    expect(refused.map((response) => [response.status, errorOf(response)['code']])).toEqual(
      refused.map(() => [403, 'forbidden']),
    );
    const below = await post(open.api, '/v1/chat/completions', {}, headers);
    expect([below.status, errorOf(below)['type']]).toEqual([403, 'invalid_request_error']);
    expect(JSON.stringify(refused)).not.toContain('access-control');
    expect(open.calls.all).toEqual([]);
  });
});

describe('without keys', () => {
  it.each([
    ['no page at all', {}],
    ['the page that it serves itself', { origin: 'http://localhost:3000', host: 'localhost:3000' }],
    ['the same behind TLS', { origin: 'https://docs.example', host: 'docs.example' }],
  ])('%s may call', async (_, headers) => {
    const { api } = createService();
    const response = await call(api, 'GET', '/documents', { headers });
    expect(response.status).toBe(200);
    expect(Object.keys(response.headers)).not.toContain('vary');
  });

  it.each([
    ['another port of this machine', 'http://localhost:5173'],
    ['another name of this machine', 'http://127.0.0.1:3000'],
  ])('%s may call only once it is allowed', async (_, from) => {
    const open = createService();
    const allowing = createApi({ ...open.dependencies, allowedOrigins: [from] });
    const headers = { origin: from, host: 'localhost:3000' };
    expect((await call(open.api, 'GET', '/documents', { headers })).status).toBe(403);
    const response = await call(allowing, 'GET', '/documents', { headers });
    expect([response.status, response.headers['access-control-allow-origin']]).toEqual([200, from]);
  });
});
