import type { CallOptions } from '../ports/call.ts';
import type { DocumentStore } from '../ports/documents.ts';
import type { CachedAnswer, Scope } from '../types.ts';

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
