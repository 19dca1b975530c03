import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { generateText } from 'ai';
import OpenAI, { AuthenticationError, PermissionDeniedError, RateLimitError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all, model, question, startScene, type Scene } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

/** A question by each of the clients, once, with this key; what it throws. */
const clients = {
  "OpenAI's client": (apiKey: string) =>
    new OpenAI({ baseURL: scene.baseURL, apiKey, maxRetries: 0 }).chat.completions.create({
      model,
      messages: [{ role: 'user', content: question }],
    }),
  "LangChain's ChatOpenAI": (apiKey: string) =>
    new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: scene.baseURL } }).invoke(
      question,
    ),
  'the AI SDK': (apiKey: string) => {
    const raglan = createOpenAICompatible({ name: 'raglan', baseURL: scene.baseURL, apiKey });
    return generateText({ model: raglan(model), prompt: question, maxRetries: 0 });
  },
};

async function failure(asking: Promise<unknown>): Promise<unknown> {
  return asking.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Whether it is so in the form of any of the three. */
function withStatus(status: number): unknown {
  return expect.toSatisfy((error: { status?: number; statusCode?: number }) =>
    [error.status, error.statusCode].includes(status),
  );
}

describe.each(Object.keys(clients) as (keyof typeof clients)[])('%s', (name) => {
  it.each([
    ['no key of ours', async () => 'sk-something'],
    ['a key that nobody has made', async () => `rgl_somebody_${'0'.repeat(16)}_${'0'.repeat(64)}`],
  ])('is not let in with %s', async (_, key) => {
    const error = await failure(clients[name](await key()));
    expect(error).toEqual(withStatus(401));
    expect(JSON.stringify(error)).toContain('invalid_api_key');
  });

  it('is forbidden what its key is not for', async () => {
    const error = await failure(clients[name](await scene.createKey({ collections: ['main'] })));
    expect(error).toEqual(withStatus(403));
  });

  it('is told that it asks too often, and since when it may again', async () => {
    const key = await scene.createKey({ limits: { perMinute: 1, burst: 1 } });
    expect(await failure(clients[name](key))).toBeUndefined();
    const error = await failure(clients[name](key));
    expect(error).toEqual(withStatus(429));
    expect(JSON.stringify(error)).toContain('rate_limit_exceeded');
  });

  it('is told that its budget is spent', async () => {
    const error = await failure(clients[name](await scene.createKey({ monthlyTokens: 10 })));
    expect(error).toEqual(withStatus(429));
    expect(JSON.stringify(error)).toContain('insufficient_quota');
  });
});

describe("OpenAI's client", () => {
  const create = (apiKey: string) => new OpenAI({ baseURL: scene.baseURL, apiKey });
  const ask = { model, messages: [{ role: 'user' as const, content: question }] };

  it('throws errors of its own kinds', async () => {
    const unknown = create('sk-something');
    await expect(unknown.chat.completions.create(ask)).rejects.toBeInstanceOf(AuthenticationError);
    const other = create(await scene.createKey({ collections: ['main'] }));
    await expect(other.chat.completions.create(ask)).rejects.toBeInstanceOf(PermissionDeniedError);
    const spent = create(await scene.createKey({ monthlyTokens: 10 }));
    const error = await failure(spent.chat.completions.create({ ...ask, stream: true }));
    expect(error).toBeInstanceOf(RateLimitError);
    const quota = { type: 'insufficient_quota', code: 'insufficient_quota' };
    // It would try again twice if it were not told not to.
    const headers = expect.toSatisfy((sent: Headers) => sent.get('x-should-retry') === 'false');
    expect(error).toMatchObject({ ...quota, headers });
  });

  it('lists the models of the collections that its key is for', async () => {
    const limited = create(await scene.createKey({ collections: ['clients', 'main'] }));
    expect((await all(limited.models.list())).map(({ id }) => id)).toEqual([
      'raglan/clients',
      'raglan/clients+sources',
      'raglan',
      'raglan+sources',
    ]);
    await expect(limited.models.retrieve('raglan/other')).rejects.toBeInstanceOf(PermissionDeniedError);
    await expect(create('sk-something').models.list()).rejects.toBeInstanceOf(AuthenticationError);
  });
});
