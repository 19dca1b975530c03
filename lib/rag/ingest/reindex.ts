import { mapBounded } from '../../async/map-bounded.ts';
import { RagError } from '../errors.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Embeddings } from '../ports/models.ts';
import type { Embedding, PlacedChunk, ServedEmbedding, Serving, VectorIndex } from '../ports/vectors.ts';
import { embeddedText } from './chunking.ts';
import { isSame, nameOf } from './serving.ts';

/** Texts of one embedding call, and calls under way at once. */
const batchSize = 32;
const batchesAtOnce = 4;

/** Walks through the table before it is taken for one that grows as fast as it is walked. */
const maxWalks = 10;

/** The ports of the move to another embedding; `index` is the one of `embeddings`. */
export interface ReindexDependencies {
  served: ServedEmbedding;
  embeddings: Embeddings;
  index: VectorIndex;
}

export interface ReindexOptions extends CallOptions {
  /** Hears how many chunks of those that were found without a vector have one now. */
  onProgress: (progress: { done: number; total: number }) => void;
}

/** What a move has done. */
export interface Reindexed {
  /** The embedding that served before, where it was another. */
  from?: Embedding;
  /** Chunks that were embedded. */
  embedded: number;
}

/**
 * Has another model embed every chunk, into an index of its own beside the one that serves, and then switches. Until then
 * nothing changes for anyone. It may be killed at any point and run again: what has a vector is not embedded again. Run
 * with the model that serves already it embeds what lacks a vector, as documents do that old functions took in.
 */
export function createReindex(deps: ReindexDependencies): (options: ReindexOptions) => Promise<Reindexed> {
  const { model, dimensions } = deps.embeddings;
  const to = { model, dimensions };
  return async (options) => {
    const before = await deps.served.get(options);
    assertHasRoom(before, to);
    await deps.index.create(options);
    const embedded = await fill(deps, options);
    await deps.index.untilSearchable(options);
    if (before && isSame(before.serving, to)) return { embedded };
    const after = { serving: to, ...(before && { previous: before.serving }) };
    if (await deps.served.replace(before, after, options)) {
      return { embedded, ...(before && { from: before.serving }) };
    }
    throw new RagError(
      'conflict',
      'Another reindex has switched meanwhile. Run it again to see what is left.',
    );
  };
}

/**
 * Takes away the index and the vectors of the embedding that served before, and says which one that was; undefined if
 * there is none. From its first step on, functions that still run with that model are refused.
 */
export async function dropPrevious(
  { served, indexOf }: { served: ServedEmbedding; indexOf: (embedding: Embedding) => VectorIndex },
  options: CallOptions,
): Promise<Embedding | undefined> {
  const record = await served.get(options);
  const old = record?.dropping ?? record?.previous;
  if (!record || !old) return undefined;
  const { serving } = record;
  const marked = { serving, dropping: old };
  const isMarked = record.dropping !== undefined || (await served.replace(record, marked, options));
  if (isMarked) {
    await indexOf(old).drop(options);
    if (await served.replace(marked, { serving }, options)) return old;
  }
  throw new RagError('conflict', 'Another reindex has changed the record meanwhile. Run this again.');
}

/** One move at a time: what a third model leaves behind nobody would take away. */
function assertHasRoom(record: Serving | undefined, to: Embedding): void {
  const left = record?.dropping ?? record?.previous;
  if (!record || !left || isSame(record.serving, to)) return;
  if (!record.dropping && isSame(left, to)) return;
  throw new RagError(
    'conflict',
    `The vectors of ${nameOf(left)} still stand beside those that serve. First take them away: npm run reindex -- --drop-old`,
  );
}

/** Walks until nothing is missing: documents may come in meanwhile. */
async function fill({ index, embeddings }: ReindexDependencies, options: ReindexOptions): Promise<number> {
  const { signal, onProgress } = options;
  let done = 0;
  const embed = async (batch: readonly PlacedChunk[], total: number, signal: AbortSignal) => {
    const vectors = await embedBatch(embeddings, batch, signal);
    await index.add(
      batch.map((placed, at) => ({ ...placed, vector: vectors[at] as Float32Array })),
      { signal },
    );
    done += batch.length;
    onProgress({ done, total: Math.max(done, total) });
  };
  for (let walk = 1; walk <= maxWalks; walk += 1) {
    const missing = await index.countMissing(options);
    if (missing === 0) return done;
    const total = done + missing;
    onProgress({ done, total });
    for await (const page of index.missing(options)) {
      const batches = Array.from({ length: Math.ceil(page.length / batchSize) }, (_, at) =>
        page.slice(at * batchSize, (at + 1) * batchSize),
      );
      await mapBounded(batches, { limit: batchesAtOnce, signal }, (batch, _, signal) =>
        embed(batch, total, signal),
      );
    }
  }
  throw new RagError(
    'conflict',
    'Documents came in as fast as they were embedded. Run it again when fewer do.',
  );
}

async function embedBatch(
  embeddings: Embeddings,
  batch: readonly PlacedChunk[],
  signal: AbortSignal,
): Promise<Float32Array[]> {
  try {
    const texts = batch.map(({ chunk }) => embeddedText(chunk));
    return await embeddings.embed(texts, { signal });
  } catch (error) {
    if (!(error instanceof RagError) || error.code !== 'model_rejected') throw error;
    const names = new Set(batch.map(({ scope, chunk }) => `${scope}/${chunk.document}`));
    const about = `It was about passages of ${Array.from(names).join(', ')}.`;
    throw new RagError(error.code, `${error.message} ${about}`, { cause: error });
  }
}
