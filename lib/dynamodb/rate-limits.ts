import {
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { RateLimits, RateLimitState } from '../rag/ports/access.ts';
import { stored, storedIf } from './client.ts';

/** A limit as times: a request takes so long to come back, and so long may all that are out take. In milliseconds. */
interface Bucket {
  intervalMs: number;
  capacityMs: number;
  limit: number;
}

/** Buckets whose state is remembered at most; the one that was used first goes first. */
const maxRemembered = 5_000;

/** Updates that one request tries; only other requests in the same millisecond make it more than three. */
const maxAttempts = 8;

/** How long a bucket that is whole again is kept, for its clean-up to be no race. */
const keptSeconds = 3_600;

/**
 * Token buckets in the control table, each as the one time at which it will be whole again (GCRA,
 * https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm): a request moves it on by the time that a token takes to come
 * back, from now where it has passed, unless the bucket would be more than empty. That is one conditional update, of which
 * form is known from the time that was seen last; where another process has moved it meanwhile, it is read and tried again.
 * The time only ever grows, so a bucket that was seen to be empty refuses until then without being asked.
 */
export function createRateLimits(client: DynamoDBClient, table: string): RateLimits {
  const seen = new Map<string, number>();
  const remember = (keyId: string, wholeAtMs: number) => {
    const latestMs = Math.max(wholeAtMs, seen.get(keyId) ?? 0);
    seen.delete(keyId);
    seen.set(keyId, latestMs);
    const [first] = seen.keys();
    if (seen.size > maxRemembered && first !== undefined) seen.delete(first);
    return latestMs;
  };

  /** When the bucket is whole again after the request, undefined if it was not as it was thought to be. */
  const move = async (
    keyId: string,
    bucket: Bucket,
    isWhole: boolean,
    nowMs: number,
    signal: AbortSignal,
  ) => {
    const command = new UpdateItemCommand({
      ...{ TableName: table, Key: keyOf(keyId), ReturnValues: 'UPDATED_NEW' },
      ...(isWhole ? fromNow(bucket, nowMs) : onwards(bucket, nowMs)),
      ExpressionAttributeNames: { '#wholeAtMs': 'wholeAtMs', '#expiresAt': 'expiresAt' },
    });
    const updated = await storedIf(signal, client.send(command, { abortSignal: signal }));
    return updated && wholeAt(updated.Attributes);
  };

  const read = async (keyId: string, signal: AbortSignal) => {
    const command = new GetItemCommand({ TableName: table, Key: keyOf(keyId), ConsistentRead: true });
    return wholeAt((await stored(signal, client.send(command, { abortSignal: signal }))).Item);
  };

  return {
    take: async (keyId, { perMinute, burst }, { signal }) => {
      const intervalMs = 60_000 / perMinute;
      const bucket = { intervalMs, capacityMs: burst * intervalMs, limit: burst };
      let wholeAtMs = seen.get(keyId) ?? 0;
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const nowMs = Date.now();
        if (!hasToken(bucket, wholeAtMs, nowMs)) return toState(bucket, wholeAtMs, nowMs, false);
        // Each attempt is for what the one before has found.
        const movedMs = await move(keyId, bucket, wholeAtMs <= nowMs, nowMs, signal);
        if (movedMs !== undefined) return toState(bucket, remember(keyId, movedMs), nowMs, true);
        // Another request of this process may know better by now; else it was one of another process.
        const latestMs = seen.get(keyId) ?? 0;
        wholeAtMs = latestMs > wholeAtMs ? latestMs : remember(keyId, await read(keyId, signal));
      }
      return { ...toState(bucket, wholeAtMs, Date.now(), false), retryAfterMs: intervalMs };
    },
  };
}

type Item = Record<string, AttributeValue>;

function keyOf(keyId: string): Item {
  return { pk: { S: `bucket#${keyId}` }, sk: { S: 'bucket' } };
}

function wholeAt(item: Item | undefined): number {
  return Number(item?.['wholeAtMs']?.N ?? 0);
}

function hasToken({ intervalMs, capacityMs }: Bucket, wholeAtMs: number, nowMs: number): boolean {
  return wholeAtMs <= nowMs + capacityMs - intervalMs;
}

/** The first request of a bucket that is whole. */
function fromNow({ intervalMs, capacityMs }: Bucket, nowMs: number) {
  return {
    UpdateExpression: 'SET #wholeAtMs = :next, #expiresAt = :expiresAt',
    ConditionExpression: 'attribute_not_exists(#wholeAtMs) OR #wholeAtMs <= :now',
    ExpressionAttributeValues: marshall({
      ...{ ':next': nowMs + intervalMs, ':now': nowMs },
      ':expiresAt': expiry(nowMs + capacityMs),
    }),
  };
}

/** A request of one that is in use: any number of them at once change it one after the other, and none in vain. */
function onwards({ intervalMs, capacityMs }: Bucket, nowMs: number) {
  return {
    UpdateExpression: 'SET #wholeAtMs = #wholeAtMs + :interval, #expiresAt = :expiresAt',
    ConditionExpression: '#wholeAtMs > :now AND #wholeAtMs <= :last',
    ExpressionAttributeValues: marshall({
      ...{ ':interval': intervalMs, ':now': nowMs, ':last': nowMs + capacityMs - intervalMs },
      ':expiresAt': expiry(nowMs + capacityMs),
    }),
  };
}

function expiry(wholeAtMs: number): number {
  return Math.ceil(wholeAtMs / 1_000) + keptSeconds;
}

function toState(
  { intervalMs, capacityMs, limit }: Bucket,
  wholeAtMs: number,
  nowMs: number,
  isAllowed: boolean,
): RateLimitState {
  const usedMs = Math.max(0, wholeAtMs - nowMs);
  return {
    ...{ isAllowed, limit, remaining: Math.max(0, Math.floor((capacityMs - usedMs) / intervalMs)) },
    ...{ resetMs: usedMs, retryAfterMs: Math.max(0, usedMs - (capacityMs - intervalMs)) },
  };
}
