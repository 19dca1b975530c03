import {
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isEnd } from '../rag/answer-log/stream-events.ts';
import type { AnswerLog, AnswerLogKey, LoggedAnswer, LogReading } from '../rag/ports/answer-log.ts';
import { hasExpired, nowSeconds } from './answer-items.ts';
import { fromEventsText, toEventsText } from './answer-log-events.ts';
import { stored } from './client.ts';
import { readable } from './writes.ts';

type Item = Record<string, AttributeValue>;

/** How long a log is kept after it was last written to. */
const keptSeconds = 60 * 60;

/** How long a stop is told to the maker of its answer, which asks every second. */
const stopSeconds = 60;

/**
 * Sort keys of a log, in the order that a reader wants: parts by the id of their last event, the part that ends the answer,
 * the head. So one query for all that comes after a part brings also how the log stands.
 */
const endKey = 'events~end';
const headKey = 'head';
const partKey = (last: number) => `events#${String(last).padStart(9, '0')}`;

/** Logs of answers in the control table. */
export function createAnswerLog(client: DynamoDBClient, table: string): AnswerLog {
  const put = async (Item: Item, signal: AbortSignal) => {
    const command = new PutItemCommand({ TableName: table, Item });
    await stored(signal, client.send(command, { abortSignal: signal }));
  };

  return {
    open: (key, { collection, maker }, { signal }) =>
      put(
        {
          ...logKey(key, headKey),
          ...{ collection: { S: collection }, maker: { S: maker }, beats: { N: '0' } },
          ...expiry(keptSeconds),
        },
        signal,
      ),

    append: (key, { first, events }, { signal }) => {
      const last = events.at(-1);
      const place = last && isEnd(last) ? endKey : partKey(first + events.length - 1);
      return put(
        {
          ...logKey(key, place),
          ...{ first: { N: String(first) }, events: { S: toEventsText(events) } },
          ...expiry(keptSeconds),
        },
        signal,
      );
    },

    beat: async (key, { signal }) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: logKey(key, headKey),
        UpdateExpression: 'ADD #beats :one SET #expiresAt = :expiresAt',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#beats': 'beats', '#expiresAt': 'expiresAt' },
        ExpressionAttributeValues: { ':one': { N: '1' }, ':expiresAt': expiry(keptSeconds).expiresAt },
      });
      await stored(signal, client.send(command, { abortSignal: signal }));
    },

    find: async (key, { signal }) => {
      const command = new GetItemCommand({
        TableName: table,
        Key: logKey(key, headKey),
        ConsistentRead: true,
      });
      const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
      if (!Item) return undefined;
      const { collection, maker, expiresAt } = unmarshall(Item) as LoggedAnswer & { expiresAt: number };
      return hasExpired(expiresAt) ? undefined : { collection, maker };
    },

    read: async (key, after, { signal }) => {
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': logKey(key, '').pk, ':after': { S: partKey(after) } },
        },
        { abortSignal: signal },
      );
      const items: Item[] = [];
      for await (const { Items = [] } of readable(signal, pages)) items.push(...Items);
      return toReading(items);
    },

    sendStop: (maker, { tenant, id }, { signal }) =>
      put(
        {
          ...stopKey(maker, `${tenant}#${id}`),
          ...{ tenant: { S: tenant }, id: { S: id } },
          ...expiry(stopSeconds),
        },
        signal,
      ),

    stopsOf: async (maker, { signal }) => {
      // One page: it holds ten thousand of them.
      const command = new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': stopKey(maker, '').pk },
      });
      const { Items = [] } = await stored(signal, client.send(command, { abortSignal: signal }));
      const stops = Items.map((item) => unmarshall(item) as AnswerLogKey & { expiresAt: number });
      return stops
        .filter(({ expiresAt }) => !hasExpired(expiresAt))
        .map(({ tenant, id }) => ({ tenant, id }));
    },
  };
}

function logKey({ tenant, id }: AnswerLogKey, sk: string) {
  return { pk: { S: `log#${tenant}#${id}` }, sk: { S: sk } };
}

function stopKey(maker: string, sk: string) {
  return { pk: { S: `stops#${maker}` }, sk: { S: sk } };
}

function expiry(seconds: number) {
  return { expiresAt: { N: String(nowSeconds() + seconds) } };
}

function toReading(items: readonly Item[]): LogReading {
  const reading: LogReading & { parts: LogReading['parts'][number][] } = {
    parts: [],
    isOver: false,
    beats: 0,
  };
  for (const item of items) {
    const { sk, expiresAt, ...rest } = unmarshall(item);
    if (hasExpired(expiresAt)) continue;
    if (sk === headKey) reading.beats = rest['beats'];
    else reading.parts.push({ first: rest['first'], events: fromEventsText(rest['events']) });
    if (sk === endKey) reading.isOver = true;
  }
  return reading;
}
