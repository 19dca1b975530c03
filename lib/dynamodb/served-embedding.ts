import { GetItemCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ServedEmbedding, Serving } from '../rag/ports/vectors.ts';
import { stored, storedIf } from './client.ts';

/** Where the record stands. No scope is called so: a scope has a slash. */
const key = { pk: { S: 'embedding' }, sk: { S: 'served' } };

const names = ['serving', 'previous', 'dropping'] as const;

/** The record of whose vectors stand in the knowledge table: one item. */
export function createServedEmbedding(client: DynamoDBClient, table: string): ServedEmbedding {
  const get: ServedEmbedding['get'] = async ({ signal }) => {
    const command = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
    const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
    if (!Item) return undefined;
    const { pk: _pk, sk: _sk, ...record } = unmarshall(Item) as Serving & { pk: string; sk: string };
    return record;
  };
  const replace: ServedEmbedding['replace'] = async (before, after, { signal }) => {
    const set = names.filter((name) => after[name]);
    const remove = names.filter((name) => !after[name]);
    const isAsBefore = names.map((name) =>
      before?.[name] ? `#${name} = :before_${name}` : `attribute_not_exists(#${name})`,
    );
    const values = [
      ...set.map((name) => [`:${name}`, after[name]]),
      ...names.filter((name) => before?.[name]).map((name) => [`:before_${name}`, before?.[name]]),
    ];
    const command = new UpdateItemCommand({
      TableName: table,
      Key: key,
      UpdateExpression:
        `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}` +
        (remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : ''),
      ConditionExpression: isAsBefore.join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: marshall(Object.fromEntries(values)),
    });
    return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
  };
  return {
    get,
    replace,
    claim: async (embedding, options) => {
      const mine = { serving: embedding };
      if (await replace(undefined, mine, options)) return mine;
      return (await get(options)) ?? mine;
    },
  };
}
