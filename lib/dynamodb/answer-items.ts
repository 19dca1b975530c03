import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AnswerEntry, AnswerKey, CacheState, Lease, NearAnswer } from '../rag/ports/answers.ts';
import type { CachedAnswer, Scope } from '../rag/types.ts';
import { toNumbers } from './chunk-items.ts';

type Item = Record<string, AttributeValue>;

/** Where an answer lies. No scope has a `#` in it, so that none can run into what follows. */
export function entryKey({ scope, key }: AnswerKey): { pk: AttributeValue.SMember } {
  return { pk: { S: `${scope}#exact#${key}` } };
}

/** Where the state of a scope's cache lies. */
export function stateKey(scope: Scope): { pk: AttributeValue.SMember } {
  return { pk: { S: `${scope}#state` } };
}

/** Where the lease of an answer lies. */
export function leaseKey({ scope, key }: AnswerKey): { pk: AttributeValue.SMember } {
  return { pk: { S: `${scope}#lease#${key}` } };
}

/** What has to be read of an entry, a state or a lease: all but the vector, which is most of what an entry weighs. */
export const answerProjection = {
  expression:
    '#pk, #answer, #createdAt, #versions, #expiresAt, #counters, #purgedAt, #holder, #untilMs, #isAbandoned',
  names: {
    '#pk': 'pk',
    '#answer': 'answer',
    '#createdAt': 'createdAt',
    '#versions': 'versions',
    '#expiresAt': 'expiresAt',
    '#counters': 'counters',
    '#purgedAt': 'purgedAt',
    '#holder': 'holder',
    '#untilMs': 'untilMs',
    '#isAbandoned': 'isAbandoned',
  },
};

/** An entry as it is written. Only one with a vector has what `index` partitions, filters and compares by. */
export function toEntryItem(key: AnswerKey, entry: AnswerEntry, index: string): Item {
  const { answer, question, shape, groups, vector, keptSeconds } = entry;
  const { createdAt, versions, ...rest } = answer;
  return {
    ...entryKey(key),
    ...marshall({ question, groups, createdAt, right: 0, wrong: 0, expiresAt: nowSeconds() + keptSeconds }),
    // As text: one attribute costs less to take apart than a map of them.
    answer: { S: JSON.stringify(rest) },
    versions: { S: JSON.stringify(versions) },
    ...(vector && { scope: { S: key.scope }, shape: { S: shape }, [index]: { L: toNumbers(vector) } }),
  };
}

/** The answer in an entry, or undefined if it has expired. */
export function toAnswer(item: Item): CachedAnswer | undefined {
  const { answer, versions, createdAt, expiresAt } = unmarshall(item);
  if (hasExpired(expiresAt)) return undefined;
  const rest = JSON.parse(answer) as Omit<CachedAnswer, 'createdAt' | 'versions'>;
  return { ...rest, createdAt, versions: JSON.parse(versions) as CachedAnswer['versions'] };
}

/**
 * What a search brought, or undefined if it is not of this scope and shape or has expired: an index's HASH is a partition,
 * not a lock. Nor one of a version that kept no groups, or every search near it would fail until it expires. The table's keys
 * and what an index filters by are in every projection.
 */
export function toNearAnswer(
  { scope, shape }: { scope: Scope; shape: string },
  item: Item,
  distance: number,
): NearAnswer | undefined {
  const { pk, shape: itsShape, groups, versions, expiresAt, ...found } = unmarshall(item);
  const prefix = entryKey({ scope, key: '' }).pk.S;
  if (typeof pk !== 'string' || !pk.startsWith(prefix)) return undefined;
  if (itsShape !== shape || hasExpired(expiresAt) || groups === undefined) return undefined;
  const { question, right, wrong, createdAt } = found as Omit<NearAnswer, 'key' | 'groups'>;
  const known = { question, groups, right, wrong, createdAt, versions: JSON.parse(versions) };
  return { key: pk.slice(prefix.length), ...known, similarity: 1 - distance };
}

/** The state in its item; without one, nothing has been learnt and nothing purged. */
export function toState(item: Item | undefined): CacheState {
  const { counters = {}, purgedAt } = item ? unmarshall(item) : {};
  return { counters, ...(purgedAt !== undefined && { purgedAt }) };
}

/** The lease in its item, or undefined if its time is over. */
export function toLease(item: Item): Lease | undefined {
  const { holder, untilMs, isAbandoned } = unmarshall(item) as Lease;
  return untilMs > Date.now() ? { holder, untilMs, isAbandoned } : undefined;
}

/** Seconds since 1970, as the tables' expiry has them. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** Whether an item is past its expiry, whatever TTL has removed. */
export function hasExpired(expiresAt: number): boolean {
  return expiresAt <= Date.now() / 1_000;
}
