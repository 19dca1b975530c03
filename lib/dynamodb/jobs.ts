import {
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { JobKey, JobStore } from '../rag/ports/jobs.ts';
import { stored, storedIf } from './client.ts';
import {
  fromItem,
  fromJobItem,
  jobKey,
  jobSortKey,
  questionPrefix,
  resultPrefix,
  toAttributes,
  toJobItem,
  toQuestionItem,
  toResultItem,
} from './job-items.ts';
import { readable, writeAll } from './writes.ts';

/** Jobs in the control table: an item for the job, one for each question and one for each result. */
export function createJobStore(client: DynamoDBClient, table: string): JobStore {
  const put = (Item: Record<string, AttributeValue>, signal: AbortSignal) => {
    const ConditionExpression = 'attribute_not_exists(pk)';
    const command = new PutItemCommand({ TableName: table, Item, ConditionExpression });
    return storedIf(signal, client.send(command, { abortSignal: signal }));
  };
  const update = async (key: JobKey, change: Change, signal: AbortSignal) => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: jobKey(key, jobSortKey),
      UpdateExpression: change.expression,
      ConditionExpression: change.condition,
      ExpressionAttributeNames: Object.fromEntries(change.names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: toAttributes(change.values),
      ReturnValues: 'ALL_NEW',
    });
    return (await storedIf(signal, client.send(command, { abortSignal: signal })))?.Attributes;
  };
  const list = async <T>(key: JobKey, prefix: string, signal: AbortSignal): Promise<T[]> => {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': jobKey(key, '')['pk'] ?? { S: '' }, ':prefix': { S: prefix } },
        ConsistentRead: true,
      },
      { abortSignal: signal },
    );
    const found: T[] = [];
    for await (const { Items = [] } of readable(signal, pages)) {
      for (const item of Items) found.push(fromItem<T>(item));
    }
    return found;
  };

  return {
    create: async (job, questions, { signal }) => {
      const writes = questions.map((question, index) => ({
        PutRequest: { Item: toQuestionItem(job, question, index) },
      }));
      await writeAll(client, { table, writes }, signal);
      await put(toJobItem(job), signal);
    },

    get: async (key, { signal }) => {
      const Key = jobKey(key, jobSortKey);
      const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
      const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
      return Item && fromJobItem(Item);
    },

    questions: (key, { signal }) => list(key, questionPrefix, signal),

    results: (key, { signal }) => list(key, resultPrefix, signal),

    claim: async (key, holder, leaseMs, { signal }) => {
      const now = Date.now();
      const change = {
        expression: 'SET #holder = :holder, #untilMs = :untilMs',
        condition:
          'attribute_exists(pk) AND (attribute_not_exists(#holder) OR #holder = :holder OR #untilMs <= :now)',
        names: ['holder', 'untilMs'],
        values: { ':holder': holder, ':untilMs': now + leaseMs, ':now': now },
      };
      const item = await update(key, change, signal);
      return item && fromJobItem(item);
    },

    renew: async (key, holder, leaseMs, { signal }) => {
      // One that is still under way when the lease is released must not bring it back.
      const change = { expression: 'SET #untilMs = :untilMs', condition: '#holder = :holder' };
      const values = { ':holder': holder, ':untilMs': Date.now() + leaseMs };
      return (await update(key, { ...change, names: ['holder', 'untilMs'], values }, signal)) !== undefined;
    },

    release: async (key, holder, { signal }) => {
      const change = { expression: 'REMOVE #holder, #untilMs', condition: '#holder = :holder' };
      await update(key, { ...change, names: ['holder', 'untilMs'], values: { ':holder': holder } }, signal);
    },

    addResult: async (key, result, { signal }) => {
      await put(toResultItem(key, result), signal);
    },

    update: async (key, holder, fields, { signal }) => {
      const names = Object.keys(fields);
      const values = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value]));
      const change = {
        expression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        condition: '#holder = :holder',
        names: [...names, 'holder'],
        values: { ...values, ':holder': holder },
      };
      return (await update(key, change, signal)) !== undefined;
    },
  };
}

/** An update of a job's item; `#name` stands for each of the names. */
interface Change {
  expression: string;
  condition: string;
  names: readonly string[];
  values: Readonly<Record<string, unknown>>;
}
