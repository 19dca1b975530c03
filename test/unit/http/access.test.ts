import { beforeEach, describe, expect, it } from 'vitest';
import { identifyByKey } from '../../../lib/http/access.ts';
import { createAccess } from '../../../lib/rag/access/access.ts';
import { createKey, type KeyWish } from '../../../lib/rag/access/create-key.ts';
import { createFakeBudgets, createFakeKeys, createFakeLimits } from '../../fakes/access.ts';
import { createCalls } from '../../fakes/calls.ts';
import { fakeUsage } from '../../fakes/chat.ts';
import { call, createService, errorOf, parsed, post, textOf } from './calling.ts';

const options = { signal: new AbortController().signal };

let service: ReturnType<typeof createService>;
let keys: ReturnType<typeof createFakeKeys>;
let budgets: ReturnType<typeof createFakeBudgets>;

beforeEach(() => {
  const calls = createCalls();
  keys = createFakeKeys(calls);
  budgets = createFakeBudgets(calls);
  const telemetry = { failed: () => {} };
  const access = createAccess({ keys, budgets, limits: createFakeLimits(calls), telemetry });
  service = createService(undefined, identifyByKey(access));
  service.serve('guide', 'v1', ['the red door'], 'acme/main');
});

async function bearer(wish: Partial<KeyWish> = {}): Promise<Record<string, string>> {
  const whole: KeyWish = { tenant: 'acme', name: 'test', scopes: ['ask', 'write'], ...wish };
  return { authorization: `Bearer ${(await createKey(keys, whole, options)).text}` };
}

const question = { question: 'which door?' };

describe('who calls', () => {
  it.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['no bearer', 'Basic cmdsOng='],
    ['a key of another service', 'Bearer sk-123'],
  ])('is told how to, with %s in the header', async (_, authorization) => {
    const response = await post(
      service.api,
      '/ask',
      question,
      authorization === undefined ? {} : { authorization },
    );
    expect([response.status, errorOf(response)['code']]).toEqual([401, 'unauthorized']);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(service.calls.all).toEqual([]);
  });

  it('need not be known for what is about nobody', async () => {
    expect((await call(service.api, 'GET', '/health')).status).toBe(200);
  });

  it('asks the documents of their tenant, and of no other', async () => {
    const ours = await post(service.api, '/ask', question, await bearer());
    expect(parsed(ours)).toMatchObject({ sources: [{ document: 'guide' }], finishReason: 'stop' });
    const theirs = await post(service.api, '/ask', question, await bearer({ tenant: 'beta' }));
    expect(parsed(theirs)).toMatchObject({ sources: [], finishReason: 'declined' });
    const list = await call(service.api, 'GET', '/documents', { headers: await bearer({ tenant: 'beta' }) });
    expect(parsed(list)).toEqual({ documents: [] });
    const one = await call(service.api, 'GET', '/documents/guide', {
      headers: await bearer({ tenant: 'beta' }),
    });
    expect(one.status).toBe(404);
  });

  it('with a forged key hears of that alone, of whatever is there', async () => {
    const { authorization } = await bearer();
    const forged = { authorization: authorization!.slice(0, -8) + '00000000' };
    for (const path of ['/documents', '/documents/guide', '/documents/nothing']) {
      const response = await call(service.api, 'GET', path, { headers: forged });
      expect([response.status, errorOf(response)['code']]).toEqual([401, 'unauthorized']);
    }
    const asked = await post(service.api, '/ask', { ...question, stream: true }, forged);
    expect(asked.status).toBe(401);
    expect(service.calls.of('chat.open')).toEqual([]);
  });
});

describe('what a key may do', () => {
  it.each([
    ['GET', '/documents', 'ask'],
    ['GET', '/documents/guide', 'ask'],
    ['PUT', '/documents/guide', 'write'],
    ['DELETE', '/documents/guide', 'write'],
    ['POST', '/documents/guide/upload', 'write'],
    ['POST', '/documents/guide/retry', 'write'],
  ] as const)('%s %s is for %s', async (method, path, scope) => {
    const others = (['ask', 'write', 'admin'] as const).filter((other) => other !== scope);
    const body = method === 'PUT' ? { body: 'text' } : {};
    const sent = { 'content-type': 'text/markdown' };
    const refused = await call(service.api, method, path, {
      ...body,
      headers: { ...sent, ...(await bearer({ scopes: others })) },
    });
    expect([refused.status, errorOf(refused)['code']]).toEqual([403, 'forbidden']);
    const changes = [
      'bucket.put',
      'bucket.uploadForm',
      'documents.receive',
      'documents.retire',
      'events.send',
    ];
    expect(changes.flatMap((name) => service.calls.of(name))).toEqual([]);
    const headers = { ...sent, ...(await bearer({ scopes: [scope] })) };
    expect((await call(service.api, method, path, { ...body, headers })).status).not.toBe(403);
  });

  it('is for its collections', async () => {
    const headers = await bearer({ collections: ['hr'] });
    expect((await post(service.api, '/ask', { ...question, collection: 'hr' }, headers)).status).toBe(200);
    expect((await post(service.api, '/ask', question, headers)).status).toBe(403);
    expect((await call(service.api, 'GET', '/documents?collection=main', { headers })).status).toBe(403);
  });
});

describe('limits and budgets', () => {
  it('are told with every answer, and when to come back with a refusal', async () => {
    const headers = await bearer({ limits: { perMinute: 1, burst: 1 } });
    const first = await post(service.api, '/ask', { ...question, stream: true }, headers);
    expect([first.status, first.headers['ratelimit-limit'], first.headers['ratelimit-remaining']]).toEqual([
      ...[200, '1', '0'],
    ]);
    expect(first.headers['ratelimit-reset']).toBe('60');
    await textOf(first);
    const second = await post(service.api, '/ask', question, headers);
    expect([second.status, errorOf(second)['code']]).toEqual([429, 'rate_limited']);
    expect(Number(second.headers['retry-after'])).toBeGreaterThan(50);
    expect([second.headers['ratelimit-limit'], second.headers['ratelimit-remaining']]).toEqual(['1', '0']);
  });

  it('book what the model has used, and nothing for what was cached', async () => {
    const headers = await bearer({ monthlyTokens: 1_000_000 });
    const used = fakeUsage.promptTokens + fakeUsage.completionTokens;
    for (const stream of [true, false, true]) {
      const response = await post(service.api, '/ask', { ...question, stream }, headers);
      expect(response.status).toBe(200);
      await textOf(response);
      await response.afterResponse?.();
      expect(Array.from(budgets.taken.values())).toEqual([used]);
    }
  });

  it('refuse a question that the rest of a budget is not enough for', async () => {
    const response = await post(service.api, '/ask', question, await bearer({ monthlyTokens: 100 }));
    expect([response.status, errorOf(response)['code']]).toEqual([429, 'budget_exhausted']);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(service.calls.of('chat.open')).toEqual([]);
  });
});
