import type { CallOptions } from '../ports/call.ts';
import type { DocumentStore } from '../ports/documents.ts';
import type { ChunkStore } from '../ports/knowledge.ts';
import type { Chunk, DocumentRecord, Scope } from '../types.ts';
import { uriOf } from './context.ts';

/** A passage of the version of a document that is served. */
export interface Passage extends Omit<Chunk, 'version' | 'metadata'> {
  uri: string;
  /** How many passages that version has. */
  count: number;
}

/** Which passage of which document. `number` is its position, from 0. */
export interface PassagePlace {
  scope: Scope;
  document: string;
  number: number;
}

/** Reads a passage of the version that is served; undefined where there is none. */
export type ReadPassage = (place: PassagePlace, options: CallOptions) => Promise<Passage | undefined>;

/** Creates the reading over its ports. */
export function createReadPassage(deps: {
  documents: Pick<DocumentStore, 'get'>;
  chunks: Pick<ChunkStore, 'getMany' | 'count'>;
}): ReadPassage {
  return async (place, options) => {
    const key = { scope: place.scope, id: place.document };
    const record = await deps.documents.get(key, options);
    const passage = await readOf(deps.chunks, place, record, options);
    if (passage || record?.version === undefined) return passage;
    // What was served when we looked may have been swept since, because another version is.
    const now = await deps.documents.get(key, options);
    return now?.version === record.version ? undefined : readOf(deps.chunks, place, now, options);
  };
}

async function readOf(
  chunks: Pick<ChunkStore, 'getMany' | 'count'>,
  { scope, document, number }: PassagePlace,
  record: DocumentRecord | undefined,
  options: CallOptions,
): Promise<Passage | undefined> {
  if (record?.version === undefined) return undefined;
  const { version } = record;
  const [[chunk], count] = await Promise.all([
    chunks.getMany({ scope, places: [{ document, version, number }] }, options),
    // The record's own figure may be that of a version at work.
    chunks.count({ scope, document, version }, options),
  ]);
  if (!chunk) return undefined;
  const { version: _version, metadata: _metadata, ...passage } = chunk;
  return { ...passage, uri: uriOf(record), count };
}
