import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RagError } from '../rag/errors.ts';
import type { ApiKey, KeyStore } from '../rag/ports/access.ts';
import { stored, storedIf } from './client.ts';

type Item = Record<string, AttributeValue>;

/** A key is found by its id alone, and all of them by as many queries as there are first digits, without a scan. */
const digits = Array.from('0123456789abcdef');

/** Keys in the control table, an item each. */
export function createKeyStore(client: DynamoDBClient, table: string): KeyStore {
  const beginningWith = async (digit: string, signal: AbortSignal): Promise<ApiKey[]> => {
    const keys: ApiKey[] = [];
    let after: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partition(digit) } },
        ...(after && { ExclusiveStartKey: after }),
      });
      // One page after the other: each begins where the one before has ended.
      const { Items = [], LastEvaluatedKey } = await stored(
        signal,
        client.send(command, { abortSignal: signal }),
      );
      keys.push(...Items.map((item) => fromItem(item).key));
      after = LastEvaluatedKey;
    } while (after);
    return keys;
  };

  return {
    get: async (id, { signal }) => {
      const command = new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true });
      const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
      return Item && fromItem(Item);
    },

    create: async (key, secretHash, { signal }) => {
      const command = new PutItemCommand({
        TableName: table,
        Item: { ...keyOf(key.id), ...toAttributes(key, secretHash) },
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const isMade = await stored(
        signal,
        madeOrNot(client.send(command, { abortSignal: signal }), secretHash),
      );
      if (!isMade) throw new RagError('conflict', 'There is another key of this id.');
    },

    list: async ({ signal }) => {
      const all = await Promise.all(digits.map((digit) => beginningWith(digit, signal)));
      return all.flat().toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    },

    revoke: async (id, at, { signal }) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(id),
        UpdateExpression: 'SET #revokedAt = if_not_exists(#revokedAt, :at)',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#revokedAt': 'revokedAt' },
        ExpressionAttributeValues: { ':at': { S: at } },
      });
      return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
    },
  };
}

/** Whether the key is there, by this call or by one before it whose answer was lost: no other has the hash of its secret. */
async function madeOrNot(sent: Promise<unknown>, secretHash: string): Promise<boolean> {
  try {
    await sent;
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item?.['secretHash']?.S === secretHash;
  }
}

function keyOf(id: string): Item {
  return { pk: { S: partition(id.slice(0, 1)) }, sk: { S: id } };
}

function partition(digit: string): string {
  return `key#${digit}`;
}

function toAttributes({ id: _id, ...key }: ApiKey, secretHash: string): Item {
  return marshall({ ...key, secretHash }, { removeUndefinedValues: true });
}

function fromItem(item: Item): { key: ApiKey; secretHash: string } {
  const { pk: _, sk: id, secretHash, ...rest } = unmarshall(item) as Record<string, unknown>;
  return { key: { ...rest, id } as ApiKey, secretHash: secretHash as string };
}
