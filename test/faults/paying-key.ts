import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { createKeyText } from '../../lib/rag/access/key-text.ts';

/** A key with a budget, in the control table of `productEnvironment`. */
export interface PayingKey {
  /** The header that it is shown in. */
  authorization: string;
  /** What the table has of its budget: the tokens that are used, and how many reservations are open. */
  budget(): Promise<{ used: number; open: number }>;
}

/** Creates one that may ask. */
export async function createPayingKey(client: DynamoDBClient): Promise<PayingKey> {
  const TableName = 'wire-control';
  const { text, id, secretHash } = createKeyText('default');
  const createdAt = new Date().toISOString();
  await createKeyStore(client, TableName).create(
    { id, tenant: 'default', name: 'a test', scopes: ['ask'], monthlyTokens: 1_000_000, createdAt },
    secretHash,
    { signal: AbortSignal.timeout(5_000) },
  );
  return {
    authorization: `Bearer ${text}`,
    budget: async () => {
      const month = new Date().toISOString().slice(0, 'YYYY-MM'.length);
      const Key = { pk: { S: `budget#${id}` }, sk: { S: month } };
      const { Item: item = {} } = await client.send(
        new GetItemCommand({ TableName, Key, ConsistentRead: true }),
      );
      const open = Object.keys(item).filter((name) => name.startsWith('r#')).length;
      return { used: Number(item['used']?.N ?? 0), open };
    },
  };
}
