import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { createKeyText } from '../../lib/rag/access/key-text.ts';
import type { ApiKey } from '../../lib/rag/ports/access.ts';
import { says } from '../wire/model-script.ts';
import { openJobsDesk, type JobsDesk } from './jobs-desk.ts';

const options = { signal: new AbortController().signal };
const texts = Array.from({ length: 20 }, (_, n) => `What does keeper ${n} write?`);

let desk: JobsDesk;
beforeAll(async () => {
  desk = await openJobsDesk(() => says('The weather [1]'));
});
afterAll(() => desk.close());

async function createKey(more: Partial<ApiKey>): Promise<{ keyId: string }> {
  const { id, secretHash } = createKeyText('default');
  const createdAt = new Date().toISOString();
  const key: ApiKey = { id, tenant: 'default', name: 'test', scopes: ['ask'], createdAt, ...more };
  await createKeyStore(desk.client, 'wire-control').create(key, secretHash, options);
  return { keyId: id };
}

it('a job whose key may ask once a minute holds the function for a moment, goes on where it left, and another’s is done at once', async () => {
  const slow = await desk.create(texts, await createKey({ limits: { perMinute: 1, burst: 1 } }));
  const quick = await desk.create(texts, await createKey({}));
  const resultsOf = async ({ key }: typeof slow) =>
    (await desk.jobs.results(key, options)).map((result) => ['answer' in result, result.index]);
  desk.model.log.clear();

  // One after the other, as where there is one place for all.
  const startedAt = performance.now();
  const first = await desk.deliver(slow.body);
  expect(await first.answer).toEqual({ batchItemFailures: [] });
  const [asked] = await resultsOf(slow);
  expect(await resultsOf(slow)).toEqual([asked]);
  // What its limit refused has cost nothing, not even an embedding.
  expect(desk.model.log.of('embeddings')).toHaveLength(1);
  const second = await desk.deliver(quick.body);
  expect(await second.answer).toEqual({ batchItemFailures: [] });
  expect(await desk.jobs.get(quick.key, options)).toMatchObject({ state: 'done' });
  // Both processes' start included, it took less than the limit asks to wait for one question.
  expect(performance.now() - startedAt).toBeLessThan(60_000);

  // Its rest is on its way, but not to be seen before a minute is over.
  expect(await desk.receive()).toBeUndefined();
  expect(await desk.jobs.get(slow.key, options)).toMatchObject({ state: 'running' });
  for (const minutes of [1, 2]) {
    const next = await desk.deliver(slow.body, { aheadMs: minutes * 61_000 });
    expect(await next.answer).toEqual({ batchItemFailures: [] });
    expect(await resultsOf(slow)).toHaveLength(1 + minutes);
  }
  expect(await resultsOf(slow)).toContainEqual(asked);
  expect(desk.model.log.of('chat')).toHaveLength(texts.length + 3);
}, 180_000);
