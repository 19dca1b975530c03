import type { SearchVectorsCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb, type LocalDynamoDb } from '../../local/dynamodb/server.ts';
import { clientFor, numbers, search, tableInput, tenantSchema, vectorIndex } from './dynamodb-fixture.ts';

let server: LocalDynamoDb;
let client: DynamoDBClient;

beforeAll(async () => {
  server = await startDynamoDb();
  client = clientFor(server.endpoint);
  const indexes = [vectorIndex(), vectorIndex({ IndexName: 'scoped', ...tenantSchema })];
  await client.send(new CreateTableCommand(tableInput('things', indexes)));
});

afterAll(async () => {
  client.destroy();
  await server.close();
});

const tenant = { ':t': { S: 'a' } };
const invalidComparator =
  'Invalid SearchConditionExpression: Invalid comparator used in SearchConditionExpression';
const invalidVector =
  'Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute';

const cases: [why: string, changes: Partial<SearchVectorsCommandInput>, message: string][] = [
  [
    'a HASH without its condition',
    { IndexName: 'scoped' },
    'SearchConditionExpression must be provided when SearchSchema has a HASH key',
  ],
  [
    'a condition that leaves the HASH out',
    { IndexName: 'scoped', SearchConditionExpression: 'category = :t', ExpressionAttributeValues: tenant },
    'SearchConditionExpression must be provided when SearchSchema has a HASH key',
  ],
  [
    'a vector of another length',
    { SearchVector: numbers(1, 2, 3, 4) },
    'Input search vector dimension 4 does not match vector index dimension 3',
  ],
  ['a value that is no number', { SearchVector: [{ L: numbers(1, 0, 0) }] }, invalidVector],
  ['a number beyond single precision', { SearchVector: numbers('1E+39', 0, 0) }, invalidVector],
  [
    'an empty vector',
    { SearchVector: [] },
    "1 validation error detected: Value at 'SearchVector' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  ['an unknown index', { IndexName: 'absent' }, 'The table does not have the specified index: absent'],
  [
    'TopK 0',
    { TopK: 0 },
    "1 validation error detected: Value '0' at 'topK' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'TopK 101',
    { TopK: 101 },
    "Provided TopK value '101' is out of valid range. The value must be between 1 and 100 inclusive",
  ],
  [
    'another comparator',
    { IndexName: 'scoped', SearchConditionExpression: 'tenant < :t', ExpressionAttributeValues: tenant },
    invalidComparator,
  ],
  [
    'OR',
    {
      IndexName: 'scoped',
      SearchConditionExpression: 'tenant = :t OR category = :t',
      ExpressionAttributeValues: tenant,
    },
    invalidComparator,
  ],
  [
    'a function',
    {
      IndexName: 'scoped',
      SearchConditionExpression: 'begins_with(tenant, :t)',
      ExpressionAttributeValues: tenant,
    },
    invalidComparator,
  ],
  [
    'an attribute outside the schema',
    { SearchConditionExpression: 'tenant = :t', ExpressionAttributeValues: tenant },
    'SearchConditionExpression must not contain any attributes that is not in SearchSchema. Invalid attribute: tenant',
  ],
  [
    'a value of another type',
    {
      IndexName: 'scoped',
      SearchConditionExpression: 'tenant = :t',
      ExpressionAttributeValues: { ':t': { N: '1' } },
    },
    "Type of 'tenant' attribute in SearchConditionExpression (N) does not match type in search schema (S)",
  ],
  [
    'an empty HASH value',
    {
      IndexName: 'scoped',
      SearchConditionExpression: 'tenant = :t',
      ExpressionAttributeValues: { ':t': { S: '' } },
    },
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: tenant',
  ],
  [
    'a placeholder without a value',
    {
      IndexName: 'scoped',
      SearchConditionExpression: 'tenant = :t AND category = :c',
      ExpressionAttributeValues: tenant,
    },
    'Invalid SearchConditionExpression: An expression attribute value used in expression is not defined; attribute value: :c',
  ],
  [
    'values without an expression',
    { ExpressionAttributeValues: tenant },
    'ExpressionAttributeValues can only be specified when using expressions: SearchConditionExpression is null',
  ],
  [
    'a value that is not used',
    {
      IndexName: 'scoped',
      SearchConditionExpression: 'tenant = :t',
      ExpressionAttributeValues: { ...tenant, ':spare': { S: 'x' } },
    },
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:spare}',
  ],
];

describe('a search is refused for', () => {
  it.each(cases)('%s', async (_why, changes, message) => {
    await expect(search(client, changes)).rejects.toMatchObject({ name: 'ValidationException', message });
  });

  it('a table that is not there', async () => {
    await expect(search(client, { TableName: 'absent' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
  });
});
