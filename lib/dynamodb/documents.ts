import {
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { delay } from '../async/delay.ts';
import { RagError } from '../rag/errors.ts';
import type { DocumentStore } from '../rag/ports.ts';
import type { DocumentRecord, Scope } from '../rag/types.ts';
import { stored } from './client.ts';
import { documentKey, documentPartition, updateDocument } from './document-updates.ts';
import { recentIndex } from './tables.ts';

/** Documents' records in the knowledge table. */
export function createDocumentStore(client: DynamoDBClient, table: string): DocumentStore {
  return {
    ...updateDocument(client, table),

    get: async (key, { signal }) => {
      const command = new GetItemCommand({ TableName: table, Key: documentKey(key), ConsistentRead: true });
      const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
      return Item && toRecord(Item);
    },

    getMany: async ({ scope, ids }, { signal }) => {
      const records = new Map<string, DocumentRecord>();
      let keys: Record<string, AttributeValue>[] = ids.map((id) => documentKey({ scope, id }));
      for (let attempt = 0; keys.length > 0; attempt += 1) {
        if (attempt === 5)
          throw new RagError('storage_unavailable', 'The database did not answer. Try again.');
        if (attempt > 0) await delay(25 * 2 ** attempt, { signal });
        const command = new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: keys, ConsistentRead: true } },
        });
        const output = await stored(signal, client.send(command, { abortSignal: signal }));
        for (const item of output.Responses?.[table] ?? []) {
          const record = toRecord(item);
          records.set(record.id, record);
        }
        keys = output.UnprocessedKeys?.[table]?.Keys ?? [];
      }
      return records;
    },

    recent: async ({ scope, limit }, { signal }) => {
      const command = new QueryCommand({
        TableName: table,
        IndexName: recentIndex,
        KeyConditionExpression: 'recentScope = :scope',
        ExpressionAttributeValues: { ':scope': { S: scope } },
        ScanIndexForward: false,
        Limit: limit,
      });
      const { Items = [] } = await stored(signal, client.send(command, { abortSignal: signal }));
      return Items.map(toRecord).filter((record) => record.scope === scope);
    },

    list: async ({ scope, limit, after }, { signal }) => {
      const command = new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: '#state <> :deleted',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: marshall({ ':pk': documentPartition(scope), ':deleted': 'deleted' }),
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: documentKey({ scope, id: after }) }),
      });
      const output = await stored(signal, client.send(command, { abortSignal: signal }));
      const next = output.LastEvaluatedKey?.['sk']?.S;
      const documents = (output.Items ?? []).map(toRecord);
      return { documents, ...(next !== undefined && { next }) };
    },
  };
}

function toRecord(item: Record<string, AttributeValue>): DocumentRecord {
  const { pk: _pk, sk: id, recentScope, expiresAt: _expiresAt, ...fields } = unmarshall(item) as DocumentItem;
  return { ...fields, id, scope: recentScope };
}

/** A record as the table has it. */
interface DocumentItem extends Omit<DocumentRecord, 'id' | 'scope'> {
  pk: string;
  sk: string;
  recentScope: Scope;
  expiresAt?: number;
}
