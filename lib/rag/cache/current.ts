import type { CallOptions } from '../ports/call.ts';
import type { DocumentStore } from '../ports/documents.ts';
import type { CachedAnswer, Scope } from '../types.ts';

/** How far a document's time of change may lie before the moment from which it can be seen, clocks that differ included. */
const marginMs = 2_000;

/** What an answer rests on, and since when. */
export type Basis = Pick<CachedAnswer, 'versions' | 'createdAt'>;

/**
 * Whether every document that an answer rests on is still served at its version, and none has had its answers purged
 * since. Strongly consistent.
 */
export async function isCurrent(
  documents: DocumentStore,
  scope: Scope,
  { versions, createdAt }: Basis,
  options: CallOptions,
): Promise<boolean> {
  const ids = Object.keys(versions);
  const records = await documents.getMany({ scope, ids }, options);
  return ids.every((id) => {
    const record = records.get(id);
    if (record === undefined || record.state === 'deleted' || record.version !== versions[id]) return false;
    return record.answersPurgedAt === undefined || record.answersPurgedAt < createdAt;
  });
}

/**
 * Whether no document of the scope has changed since (ISO 8601), nor shortly before: one that has may hold what was not there.
 * Eventually consistent.
 */
export async function isUnchanged(
  documents: DocumentStore,
  scope: Scope,
  since: string,
  options: CallOptions,
): Promise<boolean> {
  const [newest] = await documents.recent({ scope, limit: 1 }, options);
  return newest === undefined || Date.parse(newest.updatedAt) < Date.parse(since) - marginMs;
}
