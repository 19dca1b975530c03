import { fitsFilter } from '../../lib/rag/retrieve/filter.ts';
import type { ChunkPlace, ChunkStore } from '../../lib/rag/ports/knowledge.ts';
import type { Chunk, Scope } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** A chunk as the fake keeps it. */
export interface StoredChunk {
  scope: Scope;
  chunk: Chunk;
  vector: Float32Array;
  /** Revision of the run that wrote it. */
  run: number;
  hash?: string;
}

/** Fields that the index knows of a scope. */
const indexed = 8;

/** Chunks in memory, compared one by one. */
export function createFakeChunks(calls: Calls): ChunkStore & { entries: Map<string, StoredChunk> } {
  const entries = new Map<string, StoredChunk>();
  const names = new Map<Scope, Set<string>>();
  const noteNames = () => {
    for (const { scope, chunk } of entries.values()) {
      const its = names.get(scope) ?? new Set();
      for (const name of Object.keys(chunk.metadata?.fields ?? {})) its.add(name);
      names.set(scope, its);
    }
  };
  return {
    entries,
    search: ({ scope, vector, limit, filter }, { signal }) =>
      calls.take('chunks.search', { scope, vector, limit, filter }, signal, () =>
        Array.from(entries.values())
          .filter((entry) => entry.scope === scope && fitsFilter(filter ?? {}, entry.chunk.metadata))
          .map((entry) => ({ ...entry.chunk, score: cosine(vector, entry.vector) }))
          .toSorted((a, b) => b.score - a.score)
          .slice(0, limit),
      ),
    fields: ({ scope, names: wanted }, { signal }) =>
      calls.take('chunks.fields', { scope, names: wanted }, signal, () => {
        noteNames();
        return new Map(Array.from(names.get(scope) ?? [], (name, place) => [name, place < indexed]));
      }),
    getMany: ({ scope, places }, { signal }) =>
      calls.take('chunks.getMany', { scope, places }, signal, () =>
        places.flatMap((place) => {
          const entry = entries.get(keyOf(scope, place));
          return entry ? [structuredClone(entry.chunk)] : [];
        }),
      ),
    count: ({ scope, document, version }, { signal }) =>
      calls.take('chunks.count', { scope, document, version }, signal, () => {
        const its = Array.from(entries.values()).filter(
          ({ scope: itsScope, chunk }) =>
            itsScope === scope && chunk.document === document && chunk.version === version,
        );
        return its.length;
      }),
    put: ({ scope, revision }, chunks, { signal }) =>
      calls.take('chunks.put', { scope, revision, chunks }, signal, () => {
        for (const { chunk, vector, hash } of chunks) {
          const entry = { scope, chunk: structuredClone(chunk), vector, run: revision };
          entries.set(keyOf(scope, chunk), { ...entry, ...(hash !== undefined && { hash }) });
        }
        noteNames();
      }),
    written: ({ scope, document }, { signal }) =>
      calls.take('chunks.written', { scope, document }, signal, () =>
        Array.from(entries.values()).flatMap(({ scope: itsScope, chunk, run, hash }) => {
          if (itsScope !== scope || chunk.document !== document || hash === undefined) return [];
          return [{ version: chunk.version, number: chunk.number, revision: run, hash }];
        }),
      ),
    vectors: ({ scope, places }, { signal }) =>
      calls.take('chunks.vectors', { scope, places }, signal, () =>
        places.map((place) => entries.get(keyOf(scope, place))?.vector),
      ),
    sweep: ({ scope, document, keep, revision }, { signal }) =>
      calls.take('chunks.sweep', { scope, document, keep, revision }, signal, () => {
        for (const [key, { scope: itsScope, chunk, run }] of entries) {
          const isOurs = itsScope === scope && chunk.document === document;
          if (isOurs && chunk.version !== keep && run < revision) entries.delete(key);
        }
      }),
  };
}

function keyOf(scope: Scope, { document, version, number }: ChunkPlace): string {
  return [scope, document, version, number].join(' ');
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b) || 1);
}
