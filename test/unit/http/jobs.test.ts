import { describe, expect, it } from 'vitest';
import { identifyAnybody } from '../../../lib/http/access.ts';
import type { HttpCaller } from '../../../lib/http/caller.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import { call, createService, errorOf, parsed, post } from './calling.ts';

/** A service whose caller is this one. */
function serviceOf(caller: Partial<HttpCaller>) {
  const { caller: anybody } = identifyAnybody({} as never);
  const scopeOf: HttpCaller['scopeOf'] = (name) => `${caller.tenant ?? 'default'}/${name}`;
  return createService(undefined, () => ({
    caller: { ...anybody, scopeOf, ...caller },
    headers: () => ({}),
  }));
}

const questions = [{ question: ' Why? ' }, { question: 'How?', collection: 'hr', topK: 3, cache: 'off' }];

describe('POST /jobs', () => {
  it('takes questions as /ask does, and answers before they are', async () => {
    const { api, jobs, queue } = serviceOf({ tenant: 'acme', keyId: 'k1' });
    const response = await post(api, '/jobs', { questions });
    expect(response.status).toBe(202);
    const { id, ...rest } = parsed(response);
    expect(rest).toEqual({ state: 'queued' });
    expect(queue.sent).toEqual([{ tenant: 'acme', id }]);
    const entry = jobs.entries.get(`acme ${String(id)}`);
    expect(entry?.job).toMatchObject({ keyId: 'k1', questions: 2, collections: ['main', 'hr'] });
    expect(entry?.questions).toEqual([
      { text: 'Why?', scope: 'acme/main', history: [], topK: 8, cache: 'use' },
      { text: 'How?', scope: 'acme/hr', history: [], topK: 3, cache: 'off' },
    ]);
  });

  it('gives the secret that the webhook will be signed with', async () => {
    const { api } = serviceOf({ tenant: 'acme', keyId: 'k1' });
    const webhook = { url: 'https://hooks.example/in' };
    const created = await Promise.all([1, 2].map(() => post(api, '/jobs', { questions, webhook })));
    const secrets = created.map((response) => parsed(response)['webhook']);
    expect(secrets[0]).toEqual({ ...webhook, secret: expect.stringMatching(/^whsec_/) });
    expect(secrets[1]).toEqual(secrets[0]);
  });

  it.each([
    ['no question', { questions: [] }, 'questions'],
    ['too many', { questions: Array.from({ length: 101 }, () => questions[0]) }, 'questions'],
    ['a question that is none', { questions: [{ question: '' }] }, 'questions.0.question'],
    ['a stream', { questions: [{ question: 'Why?', stream: true }] }, 'questions.0.stream'],
    ['no encryption', { questions, webhook: { url: 'http://hooks.example/' } }, 'webhook.url'],
    ['another port', { questions, webhook: { url: 'https://hooks.example:444/' } }, 'webhook.url'],
    ['a password', { questions, webhook: { url: 'https://a:b@hooks.example/' } }, 'webhook.url'],
    [
      'a host that nobody outside knows',
      { questions, webhook: { url: 'https://localhost/' } },
      'webhook.url',
    ],
    ['an address inside', { questions, webhook: { url: 'https://10.0.0.1/' } }, 'webhook.url'],
    ['no URL', { questions, webhook: { url: 'hooks' } }, 'webhook.url'],
    ['an unknown field', { questions, hook: 'x' }, 'hook'],
  ])('refuses %s', async (_, body, field) => {
    const { api, jobs } = createService();
    const response = await post(api, '/jobs', body);
    expect(response.status).toBe(400);
    expect(errorOf(response)).toMatchObject({ code: 'invalid_request', issues: [{ field }] });
    expect(jobs.entries.size).toBe(0);
  });

  it('refuses a question that is too large to be kept', async () => {
    const { api, jobs } = createService();
    const history = Array.from({ length: 20 }, () => ({ role: 'user', content: '漢'.repeat(8_000) }));
    const response = await post(api, '/jobs', { questions: [questions[0], { question: 'Why?', history }] });
    expect(response.status).toBe(413);
    expect(errorOf(response)['message']).toContain('Question 1 ');
    expect(jobs.entries.size).toBe(0);
  });

  it('stores nothing for one who may not ask in one of the collections', async () => {
    const asked: unknown[] = [];
    const { api, calls } = serviceOf({
      permit: async ({ scope, collection }) => {
        asked.push(`${scope} ${collection}`);
        if (collection === 'hr') throw new RagError('forbidden', 'Not hr.');
      },
    });
    expect((await post(api, '/jobs', { questions })).status).toBe(403);
    expect(asked).toEqual(['ask main', 'ask hr']);
    expect(calls.all).toEqual([]);
  });
});

describe('GET /jobs/{id}', () => {
  const create = async (service: ReturnType<typeof createService>, more: object = {}) => {
    const { id } = parsed(await post(service.api, '/jobs', { questions, ...more }));
    return String(id);
  };
  const options = { signal: new AbortController().signal };

  it('tells how it stands, and the results so far by index', async () => {
    const service = createService();
    const id = await create(service, { webhook: { url: 'https://hooks.example/' } });
    const key = { tenant: 'default', id };
    await service.jobs.addResult(key, { index: 1, answer: { answer: 'So.' } }, options);
    const error = { code: 'model_busy', message: 'Later.', retryable: true };
    await service.jobs.addResult(key, { index: 0, error }, options);
    const response = await call(service.api, 'GET', `/jobs/${id}`);
    expect(response.status).toBe(200);
    expect(parsed(response)).toEqual({
      ...{ id, state: 'queued', questions: 2, createdAt: expect.any(String) },
      results: [
        { index: 0, error },
        { index: 1, answer: { answer: 'So.' } },
      ],
      webhook: { url: 'https://hooks.example/', state: 'pending', attempts: 0 },
    });
  });

  it('says why a job failed, and of one that may still end nothing of the kind', async () => {
    const service = createService();
    const id = await create(service);
    const reason = { code: 'interrupted', message: 'It was.' };
    const entry = service.jobs.entries.get(`default ${id}`);
    Object.assign(entry?.job ?? {}, { state: 'running', reason });
    expect(parsed(await call(service.api, 'GET', `/jobs/${id}`))).not.toHaveProperty('reason');
    Object.assign(entry?.job ?? {}, { state: 'failed' });
    expect(parsed(await call(service.api, 'GET', `/jobs/${id}`))).toMatchObject({ state: 'failed', reason });
  });

  it.each(['0'.repeat(32), 'nothing', '%2F', 'A'.repeat(32)])('is 404 for %s', async (id) => {
    const { api } = createService();
    const response = await call(api, 'GET', `/jobs/${id}`);
    expect(response.status).toBe(404);
    expect(errorOf(response)).toMatchObject({ code: 'not_found' });
  });

  it('is 404 for another tenant, and for a key that is not for all of its collections', async () => {
    let caller: Partial<HttpCaller> = { tenant: 'acme' };
    const { caller: anybody } = identifyAnybody({} as never);
    const service = createService(undefined, () => ({
      caller: { ...anybody, ...caller },
      headers: () => ({}),
    }));
    const id = await create(service);
    const statusFor = async (next: Partial<HttpCaller>) => {
      caller = next;
      return (await call(service.api, 'GET', `/jobs/${id}`)).status;
    };
    expect(await statusFor({ tenant: 'acme' })).toBe(200);
    expect(await statusFor({ tenant: 'other' })).toBe(404);
    expect(await statusFor({ tenant: 'acme', collections: async () => ['main'] })).toBe(404);
    expect(await statusFor({ tenant: 'acme', collections: async () => ['main', 'hr', 'it'] })).toBe(200);
    const unknown = new RagError('unauthorized', 'Who are you?');
    expect(await statusFor({ tenant: 'acme', collections: () => Promise.reject(unknown) })).toBe(401);
  });
});
