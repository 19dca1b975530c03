import { expect, it } from 'vitest';
import { createDynamoDb } from '../../lib/dynamodb/client.ts';

it('the database client does not copy what it sends and gets for a log', () => {
  const client = createDynamoDb();
  expect(client.middlewareStack.identify().filter((name) => /logger/i.test(name))).toEqual([]);
  client.destroy();
});
