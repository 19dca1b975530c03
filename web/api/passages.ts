import type { Source } from '../../lib/rag/types.ts';
import { documentPath, type ApiClient } from './client.ts';

/** A passage of a document as it is now, as `GET /documents/{id}/chunks/{n}` has it. */
export interface Passage extends Pick<
  Source,
  'document' | 'title' | 'uri' | 'chunk' | 'page' | 'line' | 'headings'
> {
  /** How many passages the document has. */
  chunks: number;
  text: string;
}

/** Reads a passage. Throws ApiError, `not_found` where the document has no such passage now. */
export type ReadPassage = (
  place: { collection: string; document: string; chunk: number },
  signal: AbortSignal,
) => Promise<Passage>;

/** Creates the reading. */
export function createReadPassage(api: ApiClient): ReadPassage {
  return async ({ collection, document, chunk }, signal) => {
    const path = `${documentPath(document)}/chunks/${chunk}`;
    return (await api.json('GET', path, { query: { collection }, signal })) as Passage;
  };
}
