import { hash as digest } from 'node:crypto';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { embeddedText } from './chunking.ts';
import type { ChunkPlace, WrittenChunk } from '../ports/knowledge.ts';
import type { Embeddings } from '../ports/models.ts';
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

/** Chunks hashed in one go before other requests have their turn. */
const chunksAtOnce = 500;

/** The chunks of one version of a document with their hashes. The model belongs to a hash, as it does to a vector. */
export async function hashed(
  chunks: readonly Chunk[],
  { model, dimensions }: Pick<Embeddings, 'model' | 'dimensions'>,
): Promise<HashedChunk[]> {
  const all: HashedChunk[] = [];
  for (const [index, chunk] of chunks.entries()) {
    if (index > 0 && index % chunksAtOnce === 0) await othersTurn();
    const parts = [model, dimensions, embeddedText(chunk)];
    // 96 bits: within one document no two texts ever share them.
    all.push({ chunk, hash: digest('sha256', JSON.stringify(parts), 'base64url').slice(0, 16) });
  }
  return all;
}

/**
 * Spares a run from `revision` what is there already: a passage that any version holds is not embedded again, and a chunk
 * that a run from this very revision wrote is not written again. One of an earlier revision is, for the sweep that
 * belongs to that revision may still take it away.
 */
export function planChunks(
  chunks: readonly HashedChunk[],
  stored: readonly WrittenChunk[],
  revision: number,
): ChunkPlan {
  const places = new Map(stored.map(({ hash, version, number }) => [hash, { version, number }]));
  const ours = new Set(stored.filter((each) => each.revision === revision).map(nameOf));
  const plan: ChunkPlan = { all: chunks.length, written: 0, known: [], fresh: [] };
  for (const { chunk, hash } of chunks) {
    const place = places.get(hash);
    if (ours.has(nameOf({ ...chunk, hash }))) plan.written += 1;
    else if (place) plan.known.push({ chunk, hash, from: { document: chunk.document, ...place } });
    else plan.fresh.push({ chunk, hash });
  }
  return plan;
}

function nameOf({ version, number, hash }: Pick<WrittenChunk, 'version' | 'number' | 'hash'>): string {
  return `${version} ${number} ${hash}`;
}
