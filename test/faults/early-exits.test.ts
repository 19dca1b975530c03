import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../wire/ask-client.ts';
import { cachedAnswers, readsCache } from '../wire/dynamodb-server.ts';
import { says } from '../wire/model-script.ts';
import { startScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());
beforeEach(() => scene.reset());

describe('an exact hit', () => {
  it('closes the embedding request upstream and asks no model', async () => {
    const { product, model, dynamoDb, script } = scene;
    await ask(product.url, { question: 'What is #1?' });
    await dynamoDb.log.until(() => cachedAnswers(dynamoDb.items).length > 0);
    model.log.clear();
    script.embeddings = () => ({ kind: 'hang' });
    // The lookup is held back until the embedding request is open: the hit has something to end.
    script.delaysMs = { BatchGetItem: 30 };

    const hit = await ask(product.url, { question: 'What is #1?' });

    expect(hit.sources).toMatchObject({ cached: 'exact', sources: [{ document: 'doc-1' }] });
    expect(hit.text).toBe('Answer 1 from document 1 [1]');
    await model.log.until((calls) => calls.length === 1 && calls[0]?.outcome === 'dropped');
    expect(model.log.of('chat')).toEqual([]);
    expect(product.failures).toEqual([]);
  });

  it('is not served once a document it rests on has moved on', async () => {
    const { product, dynamoDb, script } = scene;
    await ask(product.url, { question: 'What is #2?' });
    await dynamoDb.log.until(() => cachedAnswers(dynamoDb.items).length > 0);
    script.document = () => undefined;

    const asked = await ask(product.url, { question: 'What is #2?' });

    expect(asked.sources?.cached).not.toBe('exact');
    expect(asked.text).not.toContain('document 2');
    expect(asked.done?.finishReason).toBe('declined');
  });
});

describe('a dead cache', () => {
  it('costs no answer, and the answer says so', async () => {
    const { product, script } = scene;
    script.refuse = (...call) => (readsCache(...call) ? { status: 400, type: 'Broken' } : undefined);

    const asked = await ask(product.url, { question: 'What is #3?' });

    expect(asked.text).toBe('Answer 3 from document 3 [1]');
    expect(asked.done?.degraded).toEqual(['cache']);
  });

  it('that hangs does not hold an answer back', async () => {
    const { product, script, dynamoDb } = scene;
    script.refuse = (...call) => (readsCache(...call) ? 'hang' : undefined);

    const asked = await ask(product.url, { question: 'What is #4?' });

    expect(asked.text).toBe('Answer 4 from document 4 [1]');
    await dynamoDb.log.until(() =>
      dynamoDb.log.of('BatchGetItem').some(({ outcome }) => outcome === 'dropped'),
    );
  });
});

describe('a stale source', () => {
  it('ends the model call it was for and is not cited', async () => {
    const { product, model, script } = scene;
    const reads: string[] = [];
    const { document: current, search } = script;
    script.document = (id) => {
      reads.push(id);
      return id === 'doc-5' ? undefined : current(id);
    };
    script.search = (_, limit) => [...search([5], limit), ...search([6], limit)];
    script.chat = () => ({ ...says('From the other [1]'), headersMs: 100 });

    const asked = await ask(product.url, { question: 'What is #5?' });

    expect(asked.sources?.sources.map((source) => source.document)).toEqual(['doc-6']);
    expect(reads).toContain('doc-5');
    await model.log.until(() => model.log.of('chat').every((call) => call.outcome !== 'open'));
    expect(model.log.of('chat').map((call) => call.outcome)).toEqual(['dropped', 'answered']);
  });
});
