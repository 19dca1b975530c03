import type { Chunk, Scope } from '../types.ts';
import type { CallOptions } from './call.ts';

/** What vectors are made by: those of two models, or of two lengths, cannot be compared. */
export interface Embedding {
  model: string;
  dimensions: number;
}

/** Whose vectors stand in the table. */
export interface Serving {
  /** The embedding that every chunk has a vector of. */
  serving: Embedding;
  /** The one before it, whose index is still there for functions that are not deployed anew yet. */
  previous?: Embedding;
  /** One whose index and vectors are being taken away. */
  dropping?: Embedding;
}

/** The one record of whose vectors stand in the table. Each change is one conditional update. */
export interface ServedEmbedding {
  /** Strongly consistent; undefined before anything was embedded. */
  get(options: CallOptions): Promise<Serving | undefined>;
  /** Notes that vectors of this embedding are written, unless there is a record already; what it says now. */
  claim(embedding: Embedding, options: CallOptions): Promise<Serving>;
  /** Replaces the record; false if it is no longer what it was. */
  replace(before: Serving | undefined, after: Serving, options: CallOptions): Promise<boolean>;
}

/** A chunk as a walk through the table finds it. */
export interface PlacedChunk {
  scope: Scope;
  chunk: Chunk;
}

/** The vectors of one embedding beside those of others: their index, and the chunks of all scopes with and without one. */
export interface VectorIndex {
  /** Adds the index to the table; nothing if it is there. */
  create(options: CallOptions): Promise<void>;
  /** Resolves when the index can be searched. Throws RagError `storage_unavailable` after hours in vain. */
  untilSearchable(options: CallOptions): Promise<void>;
  /** How many chunks have no vector of this embedding. */
  countMissing(options: CallOptions): Promise<number>;
  /** These chunks, page by page, as they are met. */
  missing(options: CallOptions): AsyncIterable<readonly PlacedChunk[]>;
  /** Gives chunks their vectors, one for each; chunks that have gone meanwhile stay gone. */
  add(chunks: readonly (PlacedChunk & { vector: Float32Array })[], options: CallOptions): Promise<void>;
  /** Takes the index and then the vectors of this embedding out of the table; what is gone already is no failure. */
  drop(options: CallOptions): Promise<void>;
}
