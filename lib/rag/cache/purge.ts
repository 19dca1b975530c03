import { RagError } from '../errors.ts';
import type { AnswerStore } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import type { DocumentStore } from '../ports/documents.ts';
import type { Scope } from '../types.ts';

/**
 * Has no cached answer of the scope served any more, or only none that rests on a document. Throws RagError `not_found`
 * where there is no such document: then no answer that rests on it is served anyway.
 */
export type PurgeCache = (target: { scope: Scope; document?: string }, options: CallOptions) => Promise<void>;

/** Creates the use case over its ports. */
export function createPurge({
  answers,
  documents,
}: {
  answers: AnswerStore;
  documents: DocumentStore;
}): PurgeCache {
  return async ({ scope, document }, options) => {
    const now = new Date().toISOString();
    if (document === undefined) return answers.purge(scope, now, options);
    if (!(await documents.purgeAnswers({ scope, id: document }, now, options))) {
      throw new RagError('not_found', 'There is no such document.');
    }
  };
}
