import { hash as digest } from 'node:crypto';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { embeddedText } from './chunking.ts';
import type { ChunkPlace, WrittenChunk } from '../ports/knowledge.ts';
import type { Chunk } from '../types.ts';

/** A chunk that is to be written, and what its vector is made of. */
export interface HashedChunk {
  chunk: Chunk;
  hash: string;
}

/** What a run has to do for the chunks of a version. */
export interface ChunkPlan {
  /** Chunks of the version. */
  all: number;
  /** Chunks that stand already as this run would write them. */
  written: number;
  /** Chunks whose vector is known, and where it lies. */
  known: (HashedChunk & { from: ChunkPlace })[];
  /** Chunks that have to be embedded. */
  fresh: HashedChunk[];
}

/** Chunks hashed or planned in one go before other requests have their turn. */
const chunksAtOnce = 500;

/**
 * The chunks of one version of a document with their hashes. No model belongs to a hash: a store tells only of chunks that
 * have a vector of its own model.
 */
export async function hashed(chunks: readonly Chunk[]): Promise<HashedChunk[]> {
  const all: HashedChunk[] = [];
  for (const [index, chunk] of chunks.entries()) {
    if (index > 0 && index % chunksAtOnce === 0) await othersTurn();
    // 96 bits: within one document no two texts ever share them.
    all.push({ chunk, hash: digest('sha256', embeddedText(chunk), 'base64url').slice(0, 16) });
  }
  return all;
}

/**
 * Of the chunks of one version, spares a run from `revision` what is there already: a passage that any version holds is not embedded again, and a chunk
 * that a run from this very revision wrote is not written again. One of an earlier revision is, for the sweep that
 * belongs to that revision may still take it away.
 */
export async function planChunks(
  chunks: readonly HashedChunk[],
  stored: readonly WrittenChunk[],
  revision: number,
): Promise<ChunkPlan> {
  const places = new Map<string, Pick<ChunkPlace, 'version' | 'number'>>();
  const ours = new Map<number, string>();
  const version = chunks[0]?.chunk.version;
  for (const [index, each] of stored.entries()) {
    if (index % chunksAtOnce === chunksAtOnce - 1) await othersTurn();
    places.set(each.hash, { version: each.version, number: each.number });
    if (each.revision === revision && each.version === version) ours.set(each.number, each.hash);
  }
  const plan: ChunkPlan = { all: chunks.length, written: 0, known: [], fresh: [] };
  for (const [index, { chunk, hash }] of chunks.entries()) {
    if (index % chunksAtOnce === chunksAtOnce - 1) await othersTurn();
    const place = places.get(hash);
    if (ours.get(chunk.number) === hash) plan.written += 1;
    else if (place) plan.known.push({ chunk, hash, from: { document: chunk.document, ...place } });
    else plan.fresh.push({ chunk, hash });
  }
  return plan;
}
