import type { ChunkStore } from '../../lib/rag/ports.ts';
import type { Chunk, Scope } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** A chunk as the fake keeps it. */
export interface StoredChunk {
  scope: Scope;
  chunk: Chunk;
  vector: Float32Array;
  /** Revision of the run that wrote it. */
  run: number;
}

/** Chunks in memory, compared one by one. */
export function createFakeChunks(calls: Calls): ChunkStore & { entries: Map<string, StoredChunk> } {
  const entries = new Map<string, StoredChunk>();
  return {
    entries,
    search: ({ scope, vector, limit }, { signal }) =>
      calls.take('chunks.search', { scope, vector, limit }, signal, () =>
        Array.from(entries.values())
          .filter((entry) => entry.scope === scope)
          .map((entry) => ({ ...entry.chunk, score: cosine(vector, entry.vector) }))
          .toSorted((a, b) => b.score - a.score)
          .slice(0, limit),
      ),
    getMany: ({ scope, places }, { signal }) =>
      calls.take('chunks.getMany', { scope, places }, signal, () =>
        places.flatMap(({ document, version, number }) => {
          const entry = entries.get([scope, document, version, number].join(' '));
          return entry ? [structuredClone(entry.chunk)] : [];
        }),
      ),
    put: ({ scope, revision }, chunks, { signal }) =>
      calls.take('chunks.put', { scope, revision, chunks }, signal, () => {
        for (const { chunk, vector } of chunks) {
          const key = [scope, chunk.document, chunk.version, chunk.number].join(' ');
          entries.set(key, { scope, chunk: structuredClone(chunk), vector, run: revision });
        }
      }),
    sweep: ({ scope, document, keep, revision }, { signal }) =>
      calls.take('chunks.sweep', { scope, document, keep, revision }, signal, () => {
        for (const [key, { scope: itsScope, chunk, run }] of entries) {
          const isOurs = itsScope === scope && chunk.document === document;
          if (isOurs && chunk.version !== keep && run < revision) entries.delete(key);
        }
      }),
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b) || 1);
}
