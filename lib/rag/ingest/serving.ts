import { mapBounded } from '../../async/map-bounded.ts';
import { within } from '../../async/within.ts';
import { RagError } from '../errors.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Embeddings } from '../ports/models.ts';
import type { Embedding, ServedEmbedding, Serving } from '../ports/vectors.ts';

/** How long the first question's embedding may wait for the record of the table; it takes a few milliseconds. */
const lookMs = 250;

/**
 * The same embeddings, but the first call also sees to it that the table is served by them: beside the embedding and not
 * before it, once in a process. A table that cannot be asked now does not fail a question; the next one asks it again.
 */
export function checkedForQuestions(embeddings: Embeddings, served: ServedEmbedding): Embeddings {
  return checkedOnce(embeddings, async (signal) => {
    try {
      const record = await within(lookMs, signal, (signal) => served.get({ signal }));
      if (record) assertHasVectors(record, embeddings);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RagError && error.code === 'index_mismatch') throw error;
      return false;
    }
  });
}

/** The same for what is to be stored: the first to embed a passage says by which model the table is served. */
export function checkedForIngestion(embeddings: Embeddings, served: ServedEmbedding): Embeddings {
  return checkedOnce(embeddings, async (signal) => {
    assertHasVectors(await readOrClaim(served, embeddings, { signal }), embeddings);
    return true;
  });
}

/** Throws RagError `index_mismatch` unless it is these embeddings that serve the table; a table without any they get. */
export async function assertServed(
  served: ServedEmbedding,
  embedding: Embedding,
  options: CallOptions,
): Promise<void> {
  const { serving } = await readOrClaim(served, embedding, options);
  if (!isSame(serving, embedding)) throw mismatch(serving, embedding);
}

/** Whether vectors of the two can be compared. */
export function isSame(a: Embedding, b: Embedding): boolean {
  return a.model === b.model && a.dimensions === b.dimensions;
}

/** An embedding in words. */
export function nameOf({ model, dimensions }: Embedding): string {
  return `${model} (${dimensions} dimensions)`;
}

/** Functions from before a move still have their index and answer from it until they are deployed anew. */
function assertHasVectors({ serving, previous }: Serving, embedding: Embedding): void {
  if (isSame(serving, embedding) || (previous && isSame(previous, embedding))) return;
  throw mismatch(serving, embedding);
}

function mismatch(serving: Embedding, { model, dimensions }: Embedding): RagError {
  return new RagError(
    'index_mismatch',
    [
      `The stored documents were embedded by ${nameOf(serving)}, and another model is configured:`,
      `EMBEDDING_MODEL=${model}, EMBEDDING_DIMENSIONS=${dimensions}.`,
      'Set these two back, or have the new model embed what is stored, beside the old one: npm run reindex',
    ].join('\n'),
  );
}

async function readOrClaim(
  served: ServedEmbedding,
  { model, dimensions }: Embedding,
  options: CallOptions,
): Promise<Serving> {
  return (await served.get(options)) ?? (await served.claim({ model, dimensions }, options));
}

/** `check` tells whether it need not be done again. */
function checkedOnce(embeddings: Embeddings, check: (signal: AbortSignal) => Promise<boolean>): Embeddings {
  let isChecked = false;
  return {
    ...embeddings,
    embed: async (texts, { signal }) => {
      if (isChecked) return embeddings.embed(texts, { signal });
      let vectors: Float32Array[] = [];
      const both = [
        async (signal: AbortSignal) => {
          vectors = await embeddings.embed(texts, { signal });
        },
        async (signal: AbortSignal) => {
          isChecked = await check(signal);
        },
      ];
      await mapBounded(both, { limit: 2, signal }, (work, _, signal) => work(signal));
      return vectors;
    },
  };
}
