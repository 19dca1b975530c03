import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Asked } from '../wire/ask-client.ts';
import { says, type ChatBody, type ChatPlan, type Failure } from '../wire/model-script.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { startScene, type Scene } from './scene.ts';

const askBudgetMs = 6_000;
const limits = { timeoutMs: 1_000, firstTokenMs: 1_000, maxConcurrent: 2 };

let scene: Scene;
let second: ModelWire;
/** What the second provider does. */
let secondly: (body: ChatBody) => Failure | ChatPlan;

beforeAll(async () => {
  second = await startModelWire({
    embeddings: () => ({ kind: 'refuse', status: 404 }),
    chat: (body) => secondly(body),
  });
  scene = await startScene({
    askBudgetMs,
    more: (model) => ({
      PROVIDERS: JSON.stringify([
        { name: 'first', baseUrl: model.baseUrl, model: 'one', ...limits },
        // It hangs in one test, until the question's own time is over.
        { name: 'second', baseUrl: second.baseUrl, model: 'two', apiKey: 'key-2', timeoutMs: 60_000 },
      ]),
    }),
  });
});
afterAll(async () => {
  await scene.close();
  await second.close();
});
beforeEach(async () => {
  scene.reset();
  secondly = () => says('From the ', 'second [1]');
  // A provider that fails in test after test would rest; where one does, what the tests expect of it fails.
  await ask(scene.product.url, { question: 'What is #1?', cache: 'off' });
  scene.reset();
  second.log.clear();
});

const chats = (model: ModelWire) => model.log.of('chat');
const askNow = (question = 'What is #2?', cache: 'use' | 'off' = 'off'): Promise<Asked> =>
  ask(scene.product.url, { question, cache });

/** The answers that were written into the cache. */
function kept() {
  const puts = scene.dynamoDb.log.of('PutItem').map(({ body }) => body as Put);
  return puts.filter(({ Item }) => Item.pk.S.includes('#exact#'));
}

interface Put {
  Item: { pk: { S: string }; expiresAt: { N: string } };
}

function expectSecond(asked: Asked) {
  expect(asked).toMatchObject({
    ...{ status: 200, text: 'From the second [1]' },
    done: { servedBy: 'second/two', finishReason: 'stop', citations: [1] },
  });
  expect(asked.events.at(-1)).toBe('done');
}

describe('a provider that does not accept', () => {
  it.each([
    ['429', { kind: 'refuse', status: 429, headers: { 'retry-after': '30' } }, 1],
    ['503', { kind: 'refuse', status: 503 }, 1],
    ['401', { kind: 'refuse', status: 401 }, 1],
    // A connection that had been kept may have died long before: it is tried once more.
    ['a closed connection', { kind: 'hang-up' }, 2],
  ] satisfies [string, Failure, number][])('with %s is replaced by the second', async (_, plan, calls) => {
    scene.script.chat = () => plan;
    const asked = await askNow();
    expectSecond(asked);
    // What refused has used nothing: this is what the second says.
    expect(asked.done?.usage).toEqual({ promptTokens: 1_000, completionTokens: 2 });
    expect([chats(scene.model).length, chats(second).length]).toEqual([calls, 1]);
    expect(chats(second)[0]?.body).toMatchObject({ model: 'two' });
  });

  it('with 400 is believed: it is an error with a true status, and the second is not asked', async () => {
    scene.script.chat = () => ({ kind: 'refuse', status: 400, message: 'The prompt was: secret words' });
    const failed = await askNow();
    expect(failed.status).toBe(502);
    expect(JSON.parse(failed.body)).toMatchObject({ error: { code: 'model_rejected', retryable: false } });
    expect(failed.body).not.toContain('secret');
    expect([chats(scene.model).length, chats(second).length]).toEqual([1, 0]);
  });

  it('but hangs is ended and replaced in its time', async () => {
    scene.script.chat = () => ({ kind: 'hang' });
    const asked = await askNow();
    expectSecond(asked);
    expect(asked.done?.timing.steps.model?.[1]).toBeGreaterThanOrEqual(limits.timeoutMs - 1);
    await scene.model.log.until(() => chats(scene.model)[0]?.outcome === 'dropped');
    expect(asked.totalMs).toBeLessThan(askBudgetMs / 2);
  });
});

describe('a provider that accepts and gives no text', () => {
  it.each(['cut', 'ends', 'error'] as const)('(%s) is replaced by the second', async (end) => {
    scene.script.chat = () => ({ ...says(), end });
    const asked = await askNow();
    expectSecond(asked);
    expect(asked.events.filter((event) => event === 'sources')).toHaveLength(1);
    // The first has read the prompt too, and did not say how long it was.
    expect(asked.done?.usage.promptTokens).toBeGreaterThan(1_100);
    expect([chats(scene.model).length, chats(second).length]).toEqual([1, 1]);
  });

  it('but hangs is ended and replaced in its time', async () => {
    scene.script.chat = () => ({ ...says('Too late [1]'), firstTextMs: 60_000 });
    const asked = await askNow();
    expectSecond(asked);
    await scene.model.log.until(() => chats(scene.model)[0]?.outcome === 'dropped');
    expect(asked.totalMs).toBeLessThan(askBudgetMs / 2);
  });
});

describe('a provider that fails after its first text', () => {
  it.each(['cut', 'ends', 'error'] as const)(
    '(%s) is an error with the usage, and no other is asked',
    async (end) => {
      scene.script.chat = () => ({ ...says('The first ', 'words [1]'), end });
      const failed = await askNow();
      expect(failed.text).toContain('The first ');
      expect([failed.events.at(-1), failed.done]).toEqual(['error', undefined]);
      expect(failed.error).toMatchObject({
        error: { code: end === 'error' ? 'model_unavailable' : 'answer_cut', retryable: true },
        usage: { promptTokens: expect.any(Number), completionTokens: 5 },
      });
      expect(chats(second)).toEqual([]);
    },
  );

  it('having taken over itself is an error with the usage of both', async () => {
    scene.script.chat = () => ({ ...says(), end: 'cut' });
    secondly = () => ({ ...says('The second ', 'words [1]'), end: 'cut' });
    const failed = await askNow();
    expect(failed.error).toMatchObject({ error: { code: 'answer_cut' }, usage: { completionTokens: 5 } });
    scene.reset();
    scene.script.chat = () => ({ ...says('The first ', 'words [1]'), end: 'cut' });
    const { error } = await askNow();
    const promptTokens = (usage: unknown) => (usage as { promptTokens: number }).promptTokens;
    expect(promptTokens(failed.error?.usage)).toBe(2 * promptTokens(error?.usage));
  });
});

describe('when both are down', () => {
  it('a question is a true status, before anything is sent', async () => {
    scene.script.chat = () => ({ kind: 'refuse', status: 503 });
    secondly = () => ({ kind: 'refuse', status: 401 });
    const failed = await askNow();
    expect(failed.status).toBe(502);
    expect(JSON.parse(failed.body)).toMatchObject({ error: { code: 'model_unavailable', retryable: true } });
  });

  it('and one had accepted, it is an error in the stream', async () => {
    scene.script.chat = () => ({ ...says(), end: 'cut' });
    secondly = () => ({ kind: 'hang-up' });
    const failed = await askNow();
    expect([failed.status, failed.events]).toEqual([200, ['sources', 'error']]);
    expect(failed.error).toMatchObject({ error: { code: 'answer_cut', retryable: true } });
  });
});

it('the end of a question ends the calls at both', async () => {
  scene.script.chat = () => ({ kind: 'hang' });
  secondly = () => ({ ...says('The second ', 'words [1]'), end: 'hang' });
  const failed = await askNow();
  expect(failed.error).toMatchObject({ error: { code: 'deadline' } });
  await scene.model.log.until(() => chats(scene.model)[0]?.outcome === 'dropped');
  await second.log.until(() => chats(second)[0]?.outcome === 'dropped');
});

it('no provider gets more calls at once than it may; the others answer', async () => {
  const numbers = [2, 3, 4, 5, 6];
  const allAreAsked = Promise.withResolvers<void>();
  let calls = 0;
  const come = () => {
    calls += 1;
    if (calls === numbers.length) allAreAsked.resolve();
  };
  // Nobody has ended before everybody has begun.
  const turn = async (index: number) => {
    if (index > 0) await allAreAsked.promise;
  };
  scene.script.chat = () => {
    come();
    return { ...says('From the ', 'first [1]'), turn };
  };
  secondly = () => {
    come();
    return says('From the ', 'second [1]');
  };
  const asked = await Promise.all(numbers.map((n) => askNow(`What is #${n}?`)));
  const servedBy = asked.map(({ done }) => String(done?.servedBy)).toSorted((a, b) => a.localeCompare(b));
  expect(servedBy).toEqual(['first/one', 'first/one', 'second/two', 'second/two', 'second/two']);
  expect(chats(scene.model)).toHaveLength(limits.maxConcurrent);
});

it('an answer of the second is kept for ten minutes, one of the first for a day', async () => {
  const keptSeconds = async () => {
    await scene.dynamoDb.log.until(() => kept().length > 0);
    return Number(kept()[0]?.Item.expiresAt.N) - Date.now() / 1_000;
  };
  await askNow('What is #8?', 'use');
  expect(Math.round((await keptSeconds()) / 3_600)).toBe(24);
  scene.reset();
  scene.script.chat = () => ({ kind: 'refuse', status: 503 });
  expectSecond(await askNow('What is #9?', 'use'));
  expect(Math.round((await keptSeconds()) / 60)).toBe(10);
  expect(JSON.stringify(kept())).toContain('second/two');
});

it('the process has outlived all of it', () => {
  expect([scene.product.isAlive(), scene.product.failures]).toEqual([true, []]);
});
