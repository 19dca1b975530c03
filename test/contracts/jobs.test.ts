import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createJobStore } from '../../lib/dynamodb/jobs.ts';
import { controlTable } from '../../lib/dynamodb/tables.ts';
import { createWebhookSecrets } from '../../lib/dynamodb/webhook-secrets.ts';
import { createCalls } from '../fakes/calls.ts';
import { createFakeJobs } from '../fakes/jobs.ts';
import { question } from '../fakes/world.ts';
import { useDynamoDb } from './emulators.ts';
import { jobStoreContract } from './jobs.ts';

const dynamoDb = useDynamoDb();
const options = { signal: new AbortController().signal };

jobStoreContract('in memory', async () => createFakeJobs(createCalls()));
jobStoreContract('DynamoDB', async () => {
  const table = await dynamoDb.table(controlTable());
  return createJobStore(dynamoDb.client(), table);
});

describe('jobs in DynamoDB', () => {
  afterEach(() => void vi.useRealTimers());

  it('are gone after a week, even before the table has removed them', async () => {
    const jobs = createJobStore(dynamoDb.client(), await dynamoDb.table(controlTable()));
    vi.useFakeTimers({ toFake: ['Date'] });
    const key = { tenant: 'acme', id: 'a'.repeat(32) };
    const createdAt = new Date().toISOString();
    const job = { ...key, state: 'queued', questions: 1, collections: ['main'], createdAt } as const;
    await jobs.create(job, [question('Why?')], options);
    vi.setSystemTime(Date.now() + 7 * 24 * 3_600_000 - 1_000);
    expect(await jobs.get(key, options)).toEqual(job);
    vi.setSystemTime(Date.now() + 2_000);
    expect(await jobs.get(key, options)).toBeUndefined();
    expect(await jobs.claim(key, 'a', 1_000, options)).toBeUndefined();
  });
});

describe('secrets of webhooks', () => {
  it('are made once for each key, however many ask at once, and sign', async () => {
    const secrets = createWebhookSecrets(dynamoDb.client(), await dynamoDb.table(controlTable()));
    const asked = Array.from({ length: 20 }, () => secrets.get({ tenant: 'acme', keyId: 'one' }, options));
    const [secret = '', ...others] = await Promise.all(asked);
    expect(new Set([secret, ...others]).size).toBe(1);
    expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
    expect(new Webhook(secret).sign('id', new Date(), 'body')).toMatch(/^v1,/);
    const more = await Promise.all([
      secrets.get({ tenant: 'acme', keyId: 'two' }, options),
      secrets.get({ tenant: 'acme' }, options),
      secrets.get({ tenant: 'other', keyId: 'one' }, options),
    ]);
    expect(new Set([secret, ...more]).size).toBe(4);
  });
});
