import type { CallOptions } from '../ports/call.ts';
import type { DocumentBucket } from '../ports/originals.ts';
import type { DocumentKey, DocumentStore } from '../ports/documents.ts';
import { RagError } from '../errors.ts';
import type { DocumentRecord, Scope } from '../types.ts';

const maxTurns = 5;

/** Leaves a tombstone where there is none. The revision that it stands at, or undefined if the record moved on meanwhile. */
export async function bury(
  documents: DocumentStore,
  key: DocumentKey,
  record: DocumentRecord,
  options: CallOptions,
): Promise<number | undefined> {
  if (record.state === 'deleted') return record.revision;
  const isBuried = await documents.bury(key, record.revision, options);
  return isBuried ? record.revision + 1 : undefined;
}

/** Deletes a document. When it resolves, no new answer cites it. False if there is no such document. */
export type Retire = (target: { scope: Scope; id: string }, options: CallOptions) => Promise<boolean>;

/** Creates the deletion over its ports; the chunks go when the object's own event is reconciled. */
export function createRetire(deps: { bucket: DocumentBucket; documents: DocumentStore }): Retire {
  return async (target, options) => {
    const key = { ...target, uri: deps.bucket.uri(target) };
    const [before, head] = await Promise.all([
      deps.documents.get(target, options),
      deps.bucket.head(target, options),
    ]);
    const existed = head !== undefined || (before !== undefined && before.state !== 'deleted');
    await deps.bucket.remove(target, options);
    for (let turn = 1; turn <= maxTurns; turn += 1) {
      const record = await deps.documents.get(target, options);
      if (!record) return existed;
      // Someone put it again since: that document lives.
      if (await deps.bucket.head(target, options)) return true;
      const revision = await bury(deps.documents, key, record, options);
      if (revision !== undefined) return existed;
    }
    throw new RagError('conflict', 'The document kept changing while it was deleted. Try again.');
  };
}
