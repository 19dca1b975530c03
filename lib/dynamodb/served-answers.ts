import {
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ServedAnswer, ServedAnswers } from '../rag/ports/answers.ts';
import { hasExpired, nowSeconds } from './answer-items.ts';
import { stored, storedIf } from './client.ts';

/** How long a caller has to say what they think of an answer. */
const keptSeconds = 24 * 60 * 60;

/** What callers were given, in the answers' table. */
export function createServedAnswers(client: DynamoDBClient, table: string): ServedAnswers {
  return {
    put: async (id, { key, cached, createdAt, nearness }, { signal }) => {
      const [tenant = ''] = key.scope.split('/');
      const Item = {
        ...servedKey({ tenant, id }),
        ...marshall({ key, cached, createdAt, expiresAt: nowSeconds() + keptSeconds }),
        // As text, so that every number stays as it was.
        ...(nearness && { nearness: { S: JSON.stringify(nearness) } }),
      };
      const command = new PutItemCommand({ TableName: table, Item });
      await stored(signal, client.send(command, { abortSignal: signal }));
    },

    get: async (query, { signal }) => {
      const command = new GetItemCommand({ TableName: table, Key: servedKey(query), ConsistentRead: true });
      const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
      return Item && toServed(Item);
    },

    judge: async (query, { isRight, note }, { signal }) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: servedKey(query),
        UpdateExpression: `SET #isRight = :isRight${note === undefined ? '' : ', #note = :note'}`,
        ConditionExpression: '#expiresAt > :now AND attribute_not_exists(#isRight)',
        ExpressionAttributeNames: {
          ...{ '#isRight': 'isRight', '#expiresAt': 'expiresAt' },
          ...(note !== undefined && { '#note': 'note' }),
        },
        ExpressionAttributeValues: marshall({
          ...{ ':isRight': isRight, ':now': Date.now() / 1_000 },
          ...(note !== undefined && { ':note': note }),
        }),
      });
      return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
    },
  };
}

/** A tenant has no `/` and a scope has one, so that nothing else in the table can have this key. */
function servedKey({ tenant, id }: { tenant: string; id: string }): { pk: AttributeValue.SMember } {
  return { pk: { S: `${tenant}#answer#${id}` } };
}

function toServed(item: Record<string, AttributeValue>): (ServedAnswer & { isRight?: boolean }) | undefined {
  const { key, cached, createdAt, nearness, expiresAt, isRight } = unmarshall(item);
  if (hasExpired(expiresAt)) return undefined;
  return {
    ...{ key, cached, createdAt },
    ...(nearness !== undefined && { nearness: JSON.parse(nearness) }),
    ...(isRight !== undefined && { isRight }),
  };
}
