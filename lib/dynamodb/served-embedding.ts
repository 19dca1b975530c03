import { GetItemCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ServedEmbedding, Serving } from '../rag/ports/vectors.ts';
import { stored, storedIf } from './client.ts';

/** Where the record stands. No scope is called so: a scope has a slash. */
const key = { pk: { S: 'embedding' }, sk: { S: 'served' } };

const parts = ['serving', 'previous', 'dropping'] as const;

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
    const command = new UpdateItemCommand({ TableName: table, Key: key, ...toChange(before, after) });
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

/** The update from one state of the record to the next, on condition that it is in the first. */
function toChange(before: Serving | undefined, after: Serving) {
  const set = parts.filter((part) => after[part]);
  const removed = parts.filter((part) => !after[part] && before?.[part]);
  const isAsBefore = parts.map((part) =>
    before?.[part]
      ? `#${part}.#model = :${part}_model AND #${part}.#dimensions = :${part}_dimensions`
      : `attribute_not_exists(#${part})`,
  );
  const values: Record<string, unknown> = {};
  for (const part of parts) {
    const old = before?.[part];
    if (old)
      Object.assign(values, { [`:${part}_model`]: old.model, [`:${part}_dimensions`]: old.dimensions });
    if (after[part]) values[`:${part}`] = after[part];
  }
  const names = before ? [...parts, 'model', 'dimensions'] : parts;
  return {
    UpdateExpression:
      `SET ${set.map((part) => `#${part} = :${part}`).join(', ')}` +
      (removed.length > 0 ? ` REMOVE ${removed.map((part) => `#${part}`).join(', ')}` : ''),
    ConditionExpression: isAsBefore.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: marshall(values),
  };
}
