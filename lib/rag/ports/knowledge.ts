import type { Chunk, Filter, Hit, KeywordHit, Scope } from '../types.ts';
import type { CallOptions } from './call.ts';

/** Which chunk of its scope a chunk is. */
export type ChunkPlace = Pick<Chunk, 'document' | 'version' | 'number'>;

/** A chunk as it is written. */
export interface EmbeddedChunk {
  chunk: Chunk;
  vector: Float32Array;
  /** Tells what the vector was made of; without it `written` does not know the chunk. */
  hash?: string;
}

/** A chunk that was written, as far as it tells whether its work has to be done again. */
export interface WrittenChunk {
  version: string;
  number: number;
  /** Revision at which the run that wrote it began. */
  revision: number;
  hash: string;
}

/** The chunks of every document and their nearest-neighbour index. */
export interface ChunkStore {
  /**
   * The nearest chunks of the scope that fit the filter, best first, at most `limit` (1 to 100). Of what the index does not
   * know of the filter, the 100 nearest are checked. Versions are not checked here.
   */
  search(
    query: { scope: Scope; vector: Float32Array; limit: number; filter?: Filter },
    options: CallOptions,
  ): Promise<Hit[]>;
  /**
   * The names of the fields that documents of the scope have or had, each with whether the index knows it. Eventually
   * consistent, but not about `names`.
   */
  fields(
    query: { scope: Scope; names: readonly string[] },
    options: CallOptions,
  ): Promise<ReadonlyMap<string, boolean>>;
  /** The chunks at these places of the scope, at most 100, in no order; those that are not there are left out. */
  getMany(query: { scope: Scope; places: readonly ChunkPlace[] }, options: CallOptions): Promise<Chunk[]>;
  /** How many chunks a version has that is written whole; 0 where there is none. Eventually consistent. */
  count(target: { scope: Scope; document: string; version: string }, options: CallOptions): Promise<number>;
  /** What is there of a document with a `hash`, of all versions and runs. Strongly consistent. */
  written(target: { scope: Scope; document: string }, options: CallOptions): Promise<WrittenChunk[]>;
  /** The vectors of the chunks at these places, at most 100, in their order; undefined for what is not there. */
  vectors(
    query: { scope: Scope; places: readonly ChunkPlace[] },
    options: CallOptions,
  ): Promise<(Float32Array | undefined)[]>;
  /** Writes chunks of a run that began at `revision`; writing the same again changes nothing. */
  put(
    target: { scope: Scope; revision: number },
    chunks: readonly EmbeddedChunk[],
    options: CallOptions,
  ): Promise<void>;
  /**
   * Removes the chunks of every version but `keep` (of all without it) that runs from before `revision` wrote. What a
   * later run writes meanwhile stays.
   */
  sweep(
    target: { scope: Scope; document: string; keep?: string; revision: number },
    options: CallOptions,
  ): Promise<void>;
}

/** What a passage gives to keyword search: the same that its vector is made of. */
export type KeywordPassage = Pick<Chunk, 'number' | 'title' | 'headings' | 'text'>;

/** The terms of every passage, searched by BM25. */
export interface KeywordIndex {
  /** The passages that hold the terms, best first by BM25, at most `limit`. Versions are not checked here. `score` > 0. */
  search(
    query: { scope: Scope; terms: readonly string[]; limit: number },
    options: KeywordSearchOptions,
  ): Promise<KeywordHit[]>;
  /**
   * Writes what is searched of all passages of a version, for a run that began at `revision`. The same again changes
   * nothing, and nothing is taken back from a later run that has written the same version.
   */
  put(
    target: { scope: Scope; document: string; version: string; revision: number },
    passages: readonly KeywordPassage[],
    options: CallOptions,
  ): Promise<void>;
  /**
   * Removes every version but `keep` (all without it) that runs from before `revision` wrote. What a later run writes
   * meanwhile stays. Needs nothing of the chunks, which may be gone.
   */
  sweep(
    target: { scope: Scope; document: string; keep?: string; revision: number },
    options: CallOptions,
  ): Promise<void>;
}

export interface KeywordSearchOptions extends CallOptions {
  /** Takes work that should be done soon but need not be waited for: the recount of a figure. Without it, none is done. */
  later?: (work: (signal: AbortSignal) => Promise<void>) => void;
}
