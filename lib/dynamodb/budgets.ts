import { UpdateItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Budgets } from '../rag/ports/access.ts';
import { stored, storedIf } from './client.ts';

/** How long after its month an item is kept, for those who ask what was used. */
const keptDays = 400;

/**
 * Budgets in the control table, an item for each key and month. What counts is one number, of what is used and what is
 * reserved together, so that each change is one update and a condition can compare it.
 */
export function createBudgets(client: DynamoDBClient, table: string): Budgets {
  return {
    reserve: async ({ keyId, month, limit }, tokens, { signal }) => {
      if (tokens > limit) return false;
      const command = new UpdateItemCommand({
        ...{ TableName: table, Key: keyOf(keyId, month) },
        UpdateExpression: 'SET #expiresAt = :expiresAt ADD #taken :tokens',
        ConditionExpression: 'attribute_not_exists(#taken) OR #taken <= :most',
        ExpressionAttributeNames: { '#taken': 'taken', '#expiresAt': 'expiresAt' },
        ExpressionAttributeValues: marshall({
          ...{ ':tokens': tokens, ':most': limit - tokens, ':expiresAt': expiry(month) },
        }),
      });
      return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
    },

    settle: async ({ keyId, month }, { reserved, used }, { signal }) => {
      const command = new UpdateItemCommand({
        ...{ TableName: table, Key: keyOf(keyId, month) },
        UpdateExpression: 'ADD #taken :rest, #used :used',
        ExpressionAttributeNames: { '#taken': 'taken', '#used': 'used' },
        ExpressionAttributeValues: marshall({ ':rest': used - reserved, ':used': used }),
      });
      await stored(signal, client.send(command, { abortSignal: signal }));
    },
  };
}

function keyOf(keyId: string, month: string): Record<string, AttributeValue> {
  return { pk: { S: `budget#${keyId}` }, sk: { S: month } };
}

function expiry(month: string): number {
  return Date.parse(`${month}-01T00:00:00Z`) / 1_000 + keptDays * 24 * 60 * 60;
}
