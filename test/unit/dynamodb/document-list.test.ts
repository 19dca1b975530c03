import type { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { listDocuments } from '../../../lib/dynamodb/document-list.ts';

it('looks for a state in so many queries and then says where to go on', async () => {
  const starts: (string | undefined)[] = [];
  const client = {
    // Any number of records, none of them in that state.
    send: async ({ input }: QueryCommand) => {
      const after = input.ExclusiveStartKey?.['sk']?.S;
      starts.push(after);
      return { Items: [], LastEvaluatedKey: { pk: { S: 'p' }, sk: { S: `${Number(after ?? 0) + 1}` } } };
    },
  };
  const { signal } = new AbortController();
  const query = { scope: 'acme/main', limit: 50, state: 'failed' } as const;
  const page = await listDocuments(client as unknown as DynamoDBClient, 'table', query, { signal });
  expect(page).toEqual({ documents: [], next: '8' });
  expect(starts).toEqual([undefined, '1', '2', '3', '4', '5', '6', '7']);
});
