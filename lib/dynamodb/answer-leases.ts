import { DeleteItemCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AnswerKey, AnswerLeases } from '../rag/ports/answers.ts';
import { leaseKey } from './answer-items.ts';
import { storedIf } from './client.ts';

/** Leases in the answers' table: each change is one conditional update of one item, by the clock of whoever makes it. */
export function createAnswerLeases(client: DynamoDBClient, table: string): AnswerLeases {
  const ours = (key: AnswerKey, holder: string) => ({
    TableName: table,
    Key: leaseKey(key),
    ConditionExpression: '#holder = :holder',
    ExpressionAttributeNames: { '#holder': 'holder' },
    ExpressionAttributeValues: marshall({ ':holder': holder }),
  });
  const remove = (key: AnswerKey, holder: string, signal: AbortSignal) =>
    client.send(new DeleteItemCommand(ours(key, holder)), { abortSignal: signal });
  const abandon = (key: AnswerKey, holder: string, signal: AbortSignal) => {
    const {
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ...input
    } = ours(key, holder);
    const command = new UpdateItemCommand({
      ...input,
      UpdateExpression: 'SET #isAbandoned = :yes',
      ExpressionAttributeNames: { ...names, '#isAbandoned': 'isAbandoned' },
      ExpressionAttributeValues: { ...values, ':yes': { BOOL: true } },
    });
    return client.send(command, { abortSignal: signal });
  };

  return {
    take: async (key, holder, leaseMs, { signal }) => {
      const now = Date.now();
      const untilMs = now + leaseMs;
      const command = new UpdateItemCommand({
        TableName: table,
        Key: leaseKey(key),
        UpdateExpression:
          'SET #holder = :holder, #untilMs = :untilMs, #expiresAt = :expiresAt, #isAbandoned = :no',
        // What is abandoned nobody works at.
        ConditionExpression:
          'attribute_not_exists(#holder) OR #holder = :holder OR #untilMs <= :now OR #isAbandoned = :yes',
        ExpressionAttributeNames: {
          ...{ '#holder': 'holder', '#untilMs': 'untilMs' },
          ...{ '#expiresAt': 'expiresAt', '#isAbandoned': 'isAbandoned' },
        },
        ExpressionAttributeValues: marshall({
          ...{ ':holder': holder, ':untilMs': untilMs, ':expiresAt': Math.ceil(untilMs / 1_000) },
          ...{ ':now': now, ':no': false, ':yes': true },
        }),
      });
      return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
    },

    renew: async (key, holder, leaseMs, { signal }) => {
      const untilMs = Date.now() + leaseMs;
      const command = new UpdateItemCommand({
        TableName: table,
        Key: leaseKey(key),
        UpdateExpression: 'SET #untilMs = :untilMs, #expiresAt = :expiresAt',
        // One that is still under way when ours is released must not bring it back.
        ConditionExpression: '#holder = :holder AND #isAbandoned = :no',
        ExpressionAttributeNames: {
          ...{ '#holder': 'holder', '#untilMs': 'untilMs' },
          ...{ '#expiresAt': 'expiresAt', '#isAbandoned': 'isAbandoned' },
        },
        ExpressionAttributeValues: marshall({
          ...{ ':holder': holder, ':untilMs': untilMs, ':expiresAt': Math.ceil(untilMs / 1_000) },
          ':no': false,
        }),
      });
      return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
    },

    release: async (key, holder, wasKept, { signal }) => {
      await storedIf(signal, wasKept ? remove(key, holder, signal) : abandon(key, holder, signal));
    },
  };
}
