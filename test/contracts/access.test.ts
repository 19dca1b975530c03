import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createBudgets } from '../../lib/dynamodb/budgets.ts';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { createRateLimits } from '../../lib/dynamodb/rate-limits.ts';
import { controlTable } from '../../lib/dynamodb/tables.ts';
import { createKey } from '../../lib/rag/access/create-key.ts';
import { createFakeBudgets, createFakeKeys, createFakeLimits } from '../fakes/access.ts';
import { createCalls } from '../fakes/calls.ts';
import { budgetsContract } from './access-budgets.ts';
import { keyStoreContract } from './access-keys.ts';
import { rateLimitsContract } from './access-limits.ts';
import { useDynamoDb } from './emulators.ts';

const dynamoDb = useDynamoDb();
const table = () => dynamoDb.table(controlTable());
const options = { signal: new AbortController().signal };

keyStoreContract('in memory', async () => createFakeKeys(createCalls()));
keyStoreContract('DynamoDB', async () => createKeyStore(dynamoDb.client(), await table()));

rateLimitsContract('in memory', async () => {
  const limits = createFakeLimits(createCalls());
  return { limits, another: limits };
});
rateLimitsContract('DynamoDB', async () => {
  const name = await table();
  const create = () => createRateLimits(dynamoDb.client(), name);
  return { limits: create(), another: create() };
});

budgetsContract('in memory', async () => createFakeBudgets(createCalls()));
budgetsContract('DynamoDB', async () => createBudgets(dynamoDb.client(), await table()));

describe('keys in DynamoDB', () => {
  it('are made by what the SDK sends again, where an answer was lost', async () => {
    const client = dynamoDb.client();
    const keys = createKeyStore(client, await table());
    const lossy = loseEveryOtherAnswer(client);
    const { id } = await createKey(keys, { tenant: 'acme', name: 'Lost', scopes: ['ask'] }, options);
    expect(lossy.stop()).toBe(2);
    expect(await keys.get(id, options)).toMatchObject({ key: { name: 'Lost' } });
  });
});

describe('budgets in DynamoDB', () => {
  const budget = { keyId: 'k', month: '2026-11', limit: 100 };

  it('count what the SDK sends again once, where an answer was lost', async () => {
    const name = await table();
    const client = dynamoDb.client();
    const budgets = createBudgets(client, name);
    const lossy = loseEveryOtherAnswer(client);
    const one = { id: 'one', tokens: 20, untilMs: Date.now() + 60_000 };
    const two = { id: 'two', tokens: 80, untilMs: Date.now() + 60_000 };
    expect(await budgets.reserve(budget, one, options)).toBe(true);
    expect(await budgets.reserve(budget, two, options)).toBe(true);
    expect(await budgets.reserve(budget, { ...two, id: 'three', tokens: 1 }, options)).toBe(false);
    await budgets.settle(budget, one, 15, options);
    await budgets.settle(budget, two, 60, options);
    expect(lossy.stop()).toBe(10);

    const Key = { pk: { S: 'budget#k' }, sk: { S: '2026-11' } };
    const { Item } = await client.send(new GetItemCommand({ TableName: name, Key }));
    // Nothing of a reservation is left behind.
    const rest = { pk: expect.anything(), sk: expect.anything(), expiresAt: expect.anything() };
    expect(Item).toEqual({ ...rest, taken: { N: '75' }, used: { N: '75' } });
  });
});

/** Each call is carried out, and its first answer lost on the way back. `stop` tells how many were sent in all. */
function loseEveryOtherAnswer(client: DynamoDBClient): { stop: () => number } {
  let sent = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args).catch((error: unknown) => error);
      sent += 1;
      if (sent % 2 === 1) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
      if (answer instanceof Error) throw answer;
      return answer as Awaited<ReturnType<typeof next>>;
    },
    { name: 'loseAnswers', step: 'deserialize', priority: 'high' },
  );
  return {
    stop: () => {
      client.middlewareStack.remove('loseAnswers');
      return sent;
    },
  };
}
