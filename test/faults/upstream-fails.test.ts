import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../wire/ask-client.ts';
import { cachedAnswers } from '../wire/dynamodb-server.ts';
import { says, type ChatPlan } from '../wire/model-script.ts';
import { startScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());
beforeEach(() => scene.reset());

const parts = ['The first ', 'words of an ', 'answer [1]'];
const endings = ['cut', 'ends', 'error'] as const satisfies ChatPlan['end'][];

describe.each(endings)('a model stream that fails in the middle (%s)', (end) => {
  it('ends in an error event, keeps no answer and leaves the process serving', async () => {
    const { product, script, dynamoDb } = scene;
    const { chat } = script;
    script.chat = () => ({ ...says(...parts), end });

    const failed = await ask(product.url, { question: 'What is #1?' });

    expect(failed.status).toBe(200);
    expect(failed.events.at(0)).toBe('sources');
    expect(failed.events.at(-1)).toBe('error');
    expect(failed.events).not.toContain('done');
    expect(failed.error).toMatchObject({
      error: { code: end === 'error' ? 'model_unavailable' : 'answer_cut', retryable: true },
      usage: { promptTokens: expect.any(Number), completionTokens: expect.any(Number) },
    });

    script.chat = chat;
    const next = await ask(product.url, { question: 'What is #2?' });
    expect(next.text).toBe('Answer 2 from document 2 [1]');
    // The invocation before had ended, so what it wanted to write it has written.
    await dynamoDb.log.until(() => cachedAnswers(dynamoDb.items).length > 0);
    expect(cachedAnswers(dynamoDb.items)).toHaveLength(1);
    expect(JSON.stringify(cachedAnswers(dynamoDb.items)[0])).toContain('Answer 2');
    expect(product.isAlive()).toBe(true);
    expect(product.failures).toEqual([]);
  });

  it('is an error with a true status for a caller who wants no stream', async () => {
    const { product, script } = scene;
    script.chat = () => ({ ...says(...parts), end });

    const failed = await ask(product.url, { question: 'What is #1?', stream: false });

    expect(failed.status).toBe(502);
    expect(JSON.parse(failed.body)).toMatchObject({ error: { retryable: true } });
    expect(failed.body).not.toContain('first words');
  });
});

describe('a model that cannot be reached', () => {
  it.each(['embeddings', 'chat'] as const)('is told as 502 before anything is sent (%s)', async (route) => {
    const { product, script } = scene;
    script[route] = () => ({ kind: 'hang-up' });

    const failed = await ask(product.url, { question: 'What is #1?' });

    expect(failed.status).toBe(502);
    expect(failed.headers['content-type']).toContain('application/json');
    expect(JSON.parse(failed.body)).toMatchObject({
      error: { code: 'model_unavailable', retryable: true, requestId: failed.headers['x-request-id'] },
    });
    // Three tries with two waits of at most 250 and 500 ms between them.
    expect(failed.totalMs).toBeLessThan(5_000);
    expect(scene.model.log.of(route)).toHaveLength(3);
  });
});

describe('a model that refuses', () => {
  it.each([
    [401, 502, 'model_rejected', 1],
    [400, 502, 'model_rejected', 1],
    [500, 502, 'model_unavailable', 3],
    [429, 503, 'model_busy', 3],
  ])('with %i is a true status %i, not a stream', async (upstream, status, code, calls) => {
    const { product, script, model } = scene;
    script.chat = () => ({ kind: 'refuse', status: upstream, message: 'The prompt was: secret words' });

    const failed = await ask(product.url, { question: 'What is #1?' });

    expect(failed.status).toBe(status);
    expect(failed.headers['content-type']).toContain('application/json');
    expect(JSON.parse(failed.body).error.code).toBe(code);
    expect(failed.body).not.toContain('secret');
    expect(model.log.of('chat')).toHaveLength(calls);
  });

  it('with 429 and Retry-After is left alone for that long and then answers', async () => {
    const { product, script, model } = scene;
    const { chat } = script;
    let refused = 0;
    script.chat = (body) => {
      refused += 1;
      return refused > 1 ? chat(body) : { kind: 'refuse', status: 429, headers: { 'retry-after': '1' } };
    };

    const asked = await ask(product.url, { question: 'What is #7?' });

    expect(asked.text).toBe('Answer 7 from document 7 [1]');
    const [first, second] = model.log.of('chat');
    expect((second?.openedMs ?? 0) - (first?.openedMs ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('for longer than a caller waits is told at once, with how long', async () => {
    const { product, script, model } = scene;
    script.chat = () => ({ kind: 'refuse', status: 429, headers: { 'retry-after': '120' } });

    const failed = await ask(product.url, { question: 'What is #8?' });

    expect(failed.status).toBe(503);
    expect(failed.headers['retry-after']).toBe('120');
    expect(model.log.of('chat')).toHaveLength(1);
  });
});

describe('a database that is down', () => {
  it('is told as 503 and ends the model call that was under way', async () => {
    const { product, script, model } = scene;
    script.refuse = (operation) =>
      operation === 'BatchGetItem' ? { status: 500, type: 'InternalServerError' } : undefined;
    script.chat = () => ({ kind: 'hang' });

    const failed = await ask(product.url, { question: 'What is #1?' });

    expect(failed.status).toBe(503);
    expect(JSON.parse(failed.body)).toMatchObject({
      error: { code: 'storage_unavailable', retryable: true },
    });
    await model.log.until(() => model.log.of('chat')[0]?.outcome === 'dropped');
  });
});
