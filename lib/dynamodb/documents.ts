import { GetItemCommand, QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DocumentStore } from '../rag/ports/documents.ts';
import { batchGet } from './batch-get.ts';
import { stored } from './client.ts';
import { listDocuments } from './document-list.ts';
import { toRecent, toRecord } from './document-record.ts';
import { documentKey, updateDocument } from './document-updates.ts';
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
      const keys = ids.map((id) => documentKey({ scope, id }));
      const items = await batchGet(client, { table, keys, isConsistent: true }, signal);
      return new Map(items.map(toRecord).map((record) => [record.id, record]));
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
      return Items.filter((item) => item['recentScope']?.S === scope).map(toRecent);
    },

    list: (query, options) => listDocuments(client, table, query, options),
  };
}
