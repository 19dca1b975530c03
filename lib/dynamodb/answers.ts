import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AnswerStore } from '../rag/ports/answers.ts';
import type { CachedAnswer, Scope } from '../rag/types.ts';
import { stored } from './client.ts';

/** How long an answer is kept, in seconds. What it rests on is checked at every hit; this bounds what new documents miss. */
const keptSeconds = 24 * 60 * 60;

interface AnswerItem {
  scope: Scope;
  answer: CachedAnswer;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** Cached answers in their table. Expired items are not returned, whether or not TTL has removed them. */
export function createAnswerStore(client: DynamoDBClient, table: string): AnswerStore {
  const keyOf = (key: { scope: Scope; key: string }) => ({ pk: { S: `${key.scope}#exact#${key.key}` } });
  return {
    get: async (key, { signal }) => {
      const command = new GetItemCommand({ TableName: table, Key: keyOf(key) });
      const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
      if (!Item) return undefined;
      const item = unmarshall(Item) as AnswerItem;
      const isOurs = item.scope === key.scope && item.expiresAt > Date.now() / 1_000;
      return isOurs ? item.answer : undefined;
    },
    put: async (key, answer, { signal }) => {
      const item: AnswerItem = {
        scope: key.scope,
        answer,
        expiresAt: Math.floor(Date.now() / 1_000) + keptSeconds,
      };
      const Item = { ...marshall(item, { removeUndefinedValues: true }), ...keyOf(key) };
      const command = new PutItemCommand({ TableName: table, Item });
      await stored(signal, client.send(command, { abortSignal: signal }));
    },
  };
}
