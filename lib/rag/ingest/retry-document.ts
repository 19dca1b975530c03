import { RagError } from '../errors.ts';
import type { CallOptions } from '../ports/call.ts';
import type { DocumentBucket, DocumentEvents } from '../ports/originals.ts';
import type { DocumentStore } from '../ports/documents.ts';
import type { Scope } from '../types.ts';

/**
 * Has a document read anew, whatever state it is in, by sending its object's event again; one that is ready is checked.
 * False if there is no such document. Throws RagError `original_missing` if only its object is gone.
 */
export type RetryDocument = (target: { scope: Scope; id: string }, options: CallOptions) => Promise<boolean>;

/** Creates the replay over its ports. */
export function createRetryDocument(deps: {
  bucket: DocumentBucket;
  documents: DocumentStore;
  events: DocumentEvents;
}): RetryDocument {
  return async (target, options) => {
    const putAt = new Date().toISOString();
    const [record, head] = await Promise.all([
      deps.documents.get(target, options),
      deps.bucket.head(target, options),
    ]);
    if (!head && (!record || record.state === 'deleted')) return false;
    if (!head) throw new RagError('original_missing', "The document's file is gone. Put it again.");
    // Before the event: one that is dealt with at once may find nothing to do, and would leave no trace to end this state.
    await deps.documents.receive({ ...target, uri: deps.bucket.uri(target) }, putAt, options);
    await deps.events.replay(target, options);
    return true;
  };
}
