import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../wire/ask-client.ts';
import { says } from '../wire/model-script.ts';
import { cachedAnswers, type Operation } from '../wire/dynamodb-server.ts';
import { startScene, type Scene } from './scene.ts';

const askBudgetMs = 1_000;

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ askBudgetMs });
  // The process has loaded and connected everything: from here on the budget is the script's.
  await ask(scene.product.url, { question: 'What is #0?', cache: 'off' });
});
afterAll(() => scene.close());
beforeEach(() => scene.reset());

async function expectDeadline(): Promise<void> {
  const failed = await ask(scene.product.url, { question: 'What is #1?' });
  expect(failed.status).toBe(504);
  expect(JSON.parse(failed.body)).toMatchObject({ error: { code: 'deadline', retryable: true } });
  expect(failed.totalMs).toBeGreaterThanOrEqual(askBudgetMs - 10);
}

/** Resolves when no upstream request is open any more. */
async function nothingOpen(): Promise<void> {
  const { model, dynamoDb } = scene;
  for (const { log } of [model, dynamoDb]) {
    await log.until((calls) => calls.every((call) => call.outcome !== 'open'));
  }
}

describe('the deadline of a question', () => {
  it('closes an embedding request, the cache lookup, the keyword search and the documents beside it', async () => {
    const { script, model, dynamoDb } = scene;
    script.embeddings = () => ({ kind: 'hang' });
    script.refuse = () => 'hang';
    await expectDeadline();
    await nothingOpen();
    const calls = [...model.log.calls, ...dynamoDb.log.calls];
    expect(new Set(calls.map((call) => call.outcome))).toEqual(new Set(['dropped']));
    // A process that has stood still for a while may look at more.
    const names = calls.map((call) => call.name);
    expect(names).toEqual(expect.arrayContaining(['embeddings', 'Query', 'BatchGetItem']));
  });

  it.each(['SearchVectors', 'BatchGetItem'] satisfies Operation[])('closes %s', async (hanging) => {
    const { script, dynamoDb } = scene;
    script.refuse = (operation) => (operation === hanging ? 'hang' : undefined);
    await expectDeadline();
    await nothingOpen();
    expect(new Set(dynamoDb.log.of(hanging).map((call) => call.outcome))).toEqual(new Set(['dropped']));
  });

  it('closes a chat request whose model does not answer', async () => {
    const { script, model } = scene;
    script.chat = () => ({ kind: 'hang' });
    await expectDeadline();
    await nothingOpen();
    expect(model.log.of('chat').map((call) => call.outcome)).toEqual(['dropped']);
  });

  it('closes a chat stream that stalls, tells it in the stream and keeps no answer', async () => {
    const { script, model, dynamoDb, product } = scene;
    script.chat = () => ({ ...says('The first ', 'words [1]'), end: 'hang' });
    const failed = await ask(product.url, { question: 'What is #1?' });
    expect(failed.events).toEqual(['sources', 'delta', 'delta', 'error']);
    expect(failed.error).toMatchObject({ error: { code: 'deadline', retryable: true } });
    await nothingOpen();
    expect(model.log.of('chat').map((call) => call.outcome)).toEqual(['dropped']);
    const next = await ask(product.url, { question: 'What is #2?', cache: 'off' });
    expect(next.status).toBe(200);
    expect(cachedAnswers(dynamoDb.items)).toEqual([]);
  });
});
