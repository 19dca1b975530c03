import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AnswerStore } from '../rag/ports/answers.ts';
import {
  answerProjection,
  entryKey,
  leaseKey,
  stateKey,
  toAnswer,
  toEntryItem,
  toLease,
  toNearAnswer,
  toState,
} from './answer-items.ts';
import { createStates } from './answer-state.ts';
import { batchGet } from './batch-get.ts';
import { toNumbers } from './chunk-items.ts';
import { stored, storedIf } from './client.ts';
import { searchVectors } from './search-vectors.ts';

/** Cached answers in their table, found by their key and through its vector index. */
export function createAnswerStore(
  client: DynamoDBClient,
  { table, index }: { table: string; index: string },
): AnswerStore {
  return {
    find: async (key, { signal }) => {
      const [entry, state, lease] = [entryKey(key), stateKey(key.scope), leaseKey(key)];
      const get = { table, keys: [entry, state, lease], isConsistent: true, projection: answerProjection };
      const items = await batchGet(client, get, signal);
      const at = ({ pk }: { pk: { S: string } }) => items.find((item) => item['pk']?.S === pk.S);
      const [entryItem, leaseItem] = [at(entry), at(lease)];
      const known = toState(at(state));
      const answer = entryItem && toAnswer(entryItem);
      const current = leaseItem && toLease(leaseItem);
      const isPurged = answer && known.purgedAt !== undefined && answer.createdAt <= known.purgedAt;
      return { ...(answer && !isPurged && { answer }), state: known, ...(current && { lease: current }) };
    },

    nearest: async ({ scope, shape, vector, limit }, { signal }) => {
      const input = {
        TableName: table,
        IndexName: index,
        SearchVector: toNumbers(vector),
        TopK: limit,
        SearchConditionExpression: '#scope = :scope AND #shape = :shape',
        ExpressionAttributeNames: { '#scope': 'scope', '#shape': 'shape' },
        ExpressionAttributeValues: { ':scope': { S: scope }, ':shape': { S: shape } },
      };
      const found = await searchVectors(client, input, signal);
      return found.flatMap(({ item, distance }) => toNearAnswer({ scope, shape }, item, distance) ?? []);
    },

    get: async (key, { signal }) => {
      const { expression, names } = answerProjection;
      const command = new GetItemCommand({
        TableName: table,
        Key: entryKey(key),
        ConsistentRead: true,
        ProjectionExpression: expression,
        ExpressionAttributeNames: names,
      });
      const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
      return Item && toAnswer(Item);
    },

    put: async (key, entry, { signal }) => {
      const command = new PutItemCommand({
        TableName: table,
        Item: toEntryItem(key, entry, index),
        // Whoever began earlier and ends later knows less.
        ConditionExpression: 'attribute_not_exists(#pk) OR #createdAt <= :createdAt OR #expiresAt <= :now',
        ExpressionAttributeNames: { '#pk': 'pk', '#createdAt': 'createdAt', '#expiresAt': 'expiresAt' },
        ExpressionAttributeValues: marshall({
          ':createdAt': entry.answer.createdAt,
          ':now': Date.now() / 1_000,
        }),
      });
      await storedIf(signal, client.send(command, { abortSignal: signal }));
    },

    remove: async (key, createdAt, { signal }) => {
      const command = new DeleteItemCommand({
        TableName: table,
        Key: entryKey(key),
        ConditionExpression: '#createdAt = :createdAt',
        ExpressionAttributeNames: { '#createdAt': 'createdAt' },
        ExpressionAttributeValues: marshall({ ':createdAt': createdAt }),
      });
      await storedIf(signal, client.send(command, { abortSignal: signal }));
    },

    judge: async (key, isRight, { signal }) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: entryKey(key),
        UpdateExpression: 'ADD #count :one',
        // An update makes an item where there is none, and this one would have nothing but a count.
        ConditionExpression: '#expiresAt > :now',
        ExpressionAttributeNames: { '#count': isRight ? 'right' : 'wrong', '#expiresAt': 'expiresAt' },
        ExpressionAttributeValues: marshall({ ':one': 1, ':now': Date.now() / 1_000 }),
      });
      await storedIf(signal, client.send(command, { abortSignal: signal }));
    },

    ...createStates(client, table),
  };
}
