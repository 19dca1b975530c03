import type { Lanes } from '../../async/lanes.ts';
import { mapBounded } from '../../async/map-bounded.ts';
import { embeddedText } from './chunking.ts';
import { RagError } from '../errors.ts';
import type { CallOptions } from '../ports/call.ts';
import type { ChunkPlace, ChunkStore, EmbeddedChunk } from '../ports/knowledge.ts';
import type { DocumentKey, DocumentStore } from '../ports/documents.ts';
import type { Embeddings } from '../ports/models.ts';
import type { ChunkPlan, HashedChunk } from './reuse.ts';

/** Chunks that one delivery embeds; a document with more is handed on. It takes a minute or two of the fifteen. */
const embeddedAtMost = 2_000;

/** Texts of one embedding call, and calls under way at once. */
const batchSize = 32;
const batchesAtOnce = 4;

/** Batches of all documents: enough for any model, few enough that their vectors do not hold up the event loop together. */
export const batchesInProcess = 8;

/** Batches that may be refused before it is taken for the model's answer to all of them. */
const refusedAtMost = 4;

export interface ChunkDependencies {
  documents: DocumentStore;
  chunks: ChunkStore;
  embeddings: Embeddings;
  /** Shared by all documents that are at work in this process. */
  batches: Lanes;
}

export interface ChunkOptions extends CallOptions {
  attempt: number;
  /** Aborts when the time is short: what is under way is ended, nothing more is begun. */
  closing: AbortSignal;
}

/** A chunk to be written; `from` is where its vector lies, if it lies anywhere. */
type Task = HashedChunk & { from?: ChunkPlace };

/** How far a delivery has come, and how it ends as things are. */
interface Run {
  outcome: 'whole' | 'part' | 'outdated';
  chunksDone: number;
}

/** Whether a delivery can come to the end of a plan. */
export function isWithinOne(plan: ChunkPlan): boolean {
  return plan.fresh.length <= embeddedAtMost;
}

/**
 * Embeds and writes in bounded parallel batches: `part` if there is more than one delivery does, `outdated` as soon as
 * another run has moved the record on. A batch that the model refuses does not hold up the others; the error that is
 * thrown in the end names what it was about.
 */
export async function writeChunks(
  deps: ChunkDependencies,
  { key, revision }: { key: DocumentKey; revision: number },
  plan: ChunkPlan,
  options: ChunkOptions,
): Promise<Run['outcome']> {
  const refused: Refused[] = [];
  const run: Run = { outcome: isWithinOne(plan) ? 'whole' : 'part', chunksDone: plan.written };
  const report = async () => {
    const { chunksDone } = run;
    const work = { state: 'embedding', chunks: plan.all, chunksDone, attempts: options.attempt } as const;
    if (!(await deps.documents.reportWork(key, revision, work, options))) run.outcome = 'outdated';
  };
  await report();
  const { signal } = options;
  const write = async (batch: readonly Task[], signal: AbortSignal) => {
    if (run.outcome === 'outdated') return;
    // Whoever hands work on has done some: a document that no delivery has time for must not go round for ever.
    if (options.closing.aborted && run.chunksDone > plan.written) {
      run.outcome = 'part';
      return;
    }
    const embedded = await withVectors(deps, key, batch, signal).catch((error: unknown) => {
      if (!(error instanceof RagError) || error.code !== 'model_rejected') throw error;
      refused.push({ tasks: batch, error });
      if (refused.length >= refusedAtMost) throw toPartError(refused, plan.all);
    });
    if (!embedded) return;
    await deps.chunks.put({ scope: key.scope, revision }, embedded, { signal });
    run.chunksDone += batch.length;
    await report();
  };
  await mapBounded(batchesOf(plan), { limit: batchesAtOnce, signal }, (batch, _, signal) =>
    deps.batches(signal, () => write(batch, signal)),
  );
  if (refused.length > 0 && run.outcome !== 'outdated') throw toPartError(refused, plan.all);
  return run.outcome;
}

/** What is known first, for it takes no model; then as much of the rest as one delivery embeds. */
function batchesOf({ known, fresh }: ChunkPlan): Task[][] {
  return [known, fresh.slice(0, embeddedAtMost)].flatMap((tasks: readonly Task[]) =>
    Array.from({ length: Math.ceil(tasks.length / batchSize) }, (_, at) =>
      tasks.slice(at * batchSize, (at + 1) * batchSize),
    ),
  );
}

/** The batch with its vectors: those that are known as they are, and also those that have gone meanwhile, embedded. */
async function withVectors(
  { chunks, embeddings }: ChunkDependencies,
  { scope }: DocumentKey,
  batch: readonly Task[],
  signal: AbortSignal,
): Promise<EmbeddedChunk[]> {
  const places = batch.flatMap(({ from }) => from ?? []);
  const found = places.length === 0 ? [] : await chunks.vectors({ scope, places }, { signal });
  const missing = batch.filter((_, at) => found[at] === undefined);
  const texts = missing.map(({ chunk }) => embeddedText(chunk));
  const made = texts.length === 0 ? [] : await embeddings.embed(texts, { signal });
  const vectors = new Map(missing.map(({ chunk }, at) => [chunk.number, made[at]]));
  return batch.map(({ chunk, hash }, at) => ({
    ...{ chunk, hash },
    vector: found[at] ?? (vectors.get(chunk.number) as Float32Array),
  }));
}

interface Refused {
  tasks: readonly Task[];
  error: RagError;
}

/** The first refusal, with what it was about in words for the person who put the document there. */
function toPartError(refused: readonly Refused[], all: number): RagError {
  const [first] = refused.toSorted((a, b) => firstOf(a).number - firstOf(b).number);
  const { tasks, error } = first!;
  const { number: from, page, line } = firstOf(first!);
  const to = tasks.at(-1)!.chunk.number;
  const passages = from === to ? `passage ${from + 1}` : `passages ${from + 1} to ${to + 1}`;
  const place = page === undefined ? line !== undefined && `line ${line}` : `page ${page}`;
  const where = `It was about ${passages} of ${all}${place ? `, from ${place} on` : ''}.`;
  const others = refused.length - 1;
  const too = others === 0 ? '' : ` ${others} other ${others === 1 ? 'part was' : 'parts were'} refused too.`;
  return new RagError(error.code, `${error.message} ${where}${too}`, { cause: error });
}

function firstOf({ tasks }: Refused): HashedChunk['chunk'] {
  return tasks[0]!.chunk;
}
