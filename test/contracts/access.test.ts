import { createBudgets } from '../../lib/dynamodb/budgets.ts';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { createRateLimits } from '../../lib/dynamodb/rate-limits.ts';
import { controlTable } from '../../lib/dynamodb/tables.ts';
import { createFakeBudgets, createFakeKeys, createFakeLimits } from '../fakes/access.ts';
import { createCalls } from '../fakes/calls.ts';
import { budgetsContract } from './access-budgets.ts';
import { keyStoreContract } from './access-keys.ts';
import { rateLimitsContract } from './access-limits.ts';
import { useDynamoDb } from './emulators.ts';

const dynamoDb = useDynamoDb();
const table = () => dynamoDb.table(controlTable());

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
