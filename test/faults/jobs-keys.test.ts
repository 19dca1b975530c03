import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { createKeyText } from '../../lib/rag/access/key-text.ts';
import type { ApiKey } from '../../lib/rag/ports/access.ts';
import { says } from '../wire/model-script.ts';
import { openJobsDesk, type JobsDesk } from './jobs-desk.ts';

const options = { signal: new AbortController().signal };
const texts = ['What does the keeper write?', 'Where does the keeper write?'];

let desk: JobsDesk;
beforeAll(async () => {
  desk = await openJobsDesk(() => says('The weather [1]'));
});
afterAll(() => desk.close());

async function createKey(more: Partial<ApiKey>): Promise<string> {
  const { id, secretHash } = createKeyText('default');
  const createdAt = new Date().toISOString();
  const key: ApiKey = { id, tenant: 'default', name: 'test', scopes: ['ask'], createdAt, ...more };
  await createKeyStore(desk.client, 'wire-control').create(key, secretHash, options);
  return id;
}

/** The results of a job that is worked at on behalf of a key. */
async function workFor(keyId: string) {
  const { key, body } = await desk.create(texts, { keyId });
  desk.model.log.clear();
  const { answer } = await desk.deliver(body);
  expect(await answer).toEqual({ batchItemFailures: [] });
  expect(await desk.jobs.get(key, options)).toMatchObject({ state: 'done' });
  return desk.jobs.results(key, options);
}

it('what a job uses is booked to the key that brought it', async () => {
  const keyId = await createKey({ monthlyTokens: 100_000 });
  const results = await workFor(keyId);
  const used = results.map((result) => {
    const { answer = {} } = result as {
      answer?: { usage?: { promptTokens: number; completionTokens: number } };
    };
    return (answer.usage?.promptTokens ?? 0) + (answer.usage?.completionTokens ?? 0);
  });
  expect(used.every((tokens) => tokens > 0)).toBe(true);
  const Key = { pk: { S: `budget#${keyId}` }, sk: { S: new Date().toISOString().slice(0, 7) } };
  const { Item } = await desk.client.send(new GetItemCommand({ TableName: 'wire-control', Key }));
  expect(Number(Item?.['taken']?.N)).toBe(used.reduce((sum, tokens) => sum + tokens, 0));
});

it.each([
  ['revoked', { revokedAt: new Date().toISOString() }, 'unauthorized'],
  ['for another collection', { collections: ['hr'] }, 'forbidden'],
  ['out of budget', { monthlyTokens: 10 }, 'budget_exhausted'],
])('a key that is %s by then asks the model nothing', async (_, more, code) => {
  const results = await workFor(await createKey(more));
  expect(results).toMatchObject(texts.map((_, index) => ({ index, error: { code, retryable: false } })));
  expect(desk.model.log.of('chat')).toEqual([]);
});
