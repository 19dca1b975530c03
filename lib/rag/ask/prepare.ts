import { chooseContext, versionsOf } from '../retrieve/context.ts';
import { RagError } from '../errors.ts';
import { assertFieldsKnown, fieldNames, planFilter } from '../retrieve/filter.ts';
import type { ChatModel, ChatStream, Embeddings, Reranker } from '../ports/models.ts';
import type { DocumentStore, RecentDocument } from '../ports/documents.ts';
import { maxReranked, rerankHits } from '../retrieve/rerank.ts';
import { retrieveCondensed } from '../retrieve/retrieve-condensed.ts';
import { retrieve, type RetrieveDependencies } from '../retrieve/retrieve.ts';
import type { Filtered, Hit, Question } from '../types.ts';
import { openChecked, type Opened } from './open-checked.ts';
import type { Run } from './run.ts';

/** How often the context is put together anew because a document changed under it. */
const maxRestarts = 3;

/** Documents whose versions are known before the search has ended; those that change are among the newest. */
const recentLimit = 100;
const recentBudgetMs = 250;

/** Fewer candidates than this are too few to tell what their scores mean. */
const minCandidates = 16;

/** The ports on the way from a question to the model. */
export interface PrepareDependencies extends RetrieveDependencies {
  embeddings: Embeddings;
  chat: ChatModel;
  documents: DocumentStore;
  /** Where there is none, the order is the one that search gave. */
  reranker?: Reranker;
}

/** An answer about to stream: the model has accepted, and every source is current. Without a stream nothing was found. */
export interface Prepared extends Omit<Opened, 'stream'> {
  stream?: ChatStream;
  restarts: number;
  /** How the question's filter was checked, where it had one. */
  filtered?: Filtered;
}

/** What runs beside the way to the model. */
export interface Beside {
  /** The question's own. */
  vector: Promise<Float32Array>;
  /** Resolves when nothing speaks against calling the model any more; at once where it is left out. */
  clear?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/**
 * From a question to an accepted model call. Retrieval and the documents' metadata run beside each other, and the check
 * that the chosen documents are still current runs beside the model's start: a stale one costs a new start, never a
 * stale answer.
 */
export async function prepareAnswer(
  deps: PrepareDependencies,
  run: Run,
  question: Question,
  beside: Beside,
  signal: AbortSignal,
): Promise<Prepared> {
  const { scope, topK, filter } = question;
  const limit = candidatesFor(topK, deps.reranker);
  const found = retrieveCondensed(deps.chat, run, question, signal, async (text, signal) => {
    const vector = text === question.text ? beside.vector : embedText(deps.embeddings, run, text, signal);
    const query = { scope, text, limit, ...(filter && { filter }) };
    return { query, vector, hits: await retrieve(deps, run, query, vector, signal) };
  });
  const checking = checkFilter(deps, run, question, signal);
  const recent = run.spare('documents', recentBudgetMs, signal, [], (signal) =>
    deps.documents.recent({ scope, limit: recentLimit }, { signal }),
  );
  // A filter that nothing can fit is refused at once, whatever the rest is doing.
  const [{ query, vector, ...first }, filtered] = await Promise.all([found, checking]);
  const how = { ...(filtered && { filtered }) };
  const known = new Map<string, string | undefined>();
  for (let restarts = 0, { hits } = first; restarts <= maxRestarts; restarts += 1) {
    if (restarts > 0) hits = await retrieve(deps, run, query, vector, signal);
    const ranked = await rerankHits(deps.reranker, run, query.text, hits, signal);
    const records = await recent;
    const served = new Map([...likelyVersions(records, hits), ...known]);
    const chosen = chooseContext(ranked, served, topK);
    if (chosen.length === 0) return { ...nothing(), restarts, ...how };
    await beside.clear?.(signal);
    const attempt = await openChecked(deps, run, question, { chosen, recent: records }, signal);
    if (!('stale' in attempt)) return { ...attempt, restarts, ...how };
    for (const [id, version] of attempt.stale) known.set(id, version);
  }
  throw new RagError('conflict', 'The documents kept changing while the question was answered. Ask again.');
}

/**
 * Twice as many as are read on: during an ingestion the index holds two versions of a document, and keyword search brings
 * the texts of its better half only. A reranker reads more than the context takes.
 */
function candidatesFor(topK: number, reranker: Reranker | undefined): number {
  return Math.max(minCandidates, 2 * (reranker ? maxReranked : topK));
}

function nothing(): Omit<Opened, 'stream'> {
  return { sources: [], versions: {}, checkedAtMs: performance.now() };
}

/** How much of the filter the index checks. Throws RagError `invalid_request` for fields that no document has. */
async function checkFilter(
  { chunks }: PrepareDependencies,
  run: Run,
  { scope, filter }: Question,
  signal: AbortSignal,
): Promise<Filtered | undefined> {
  if (!filter) return undefined;
  const names = fieldNames(filter);
  if (names.length === 0) return 'after';
  const fields = await run.step('filter', () => chunks.fields({ scope, names }, { signal }));
  assertFieldsKnown(filter, fields);
  return planFilter(filter, (name) => fields.get(name) === true).isWhole ? 'index' : 'after';
}

/** The vector of a text, as a step of the run. */
export async function embedText(
  embeddings: Embeddings,
  run: Run,
  text: string,
  signal: AbortSignal,
): Promise<Float32Array> {
  const [vector] = await run.step('embed', () => embeddings.embed([text], { signal }));
  if (!vector) throw new RagError('model_rejected', 'The embedding model gave no vector.');
  return vector;
}

/**
 * What the recent documents say of the versions that are served. They may lag behind: a version of which nothing was found
 * may be one that was replaced since, so the consistent read is left to decide about that document.
 */
function likelyVersions(
  recent: readonly RecentDocument[],
  hits: readonly Hit[],
): Map<string, string | undefined> {
  const found = new Set(hits.map(({ document, version }) => `${version} ${document}`));
  return versionsOf(
    recent.filter(({ id, version }) => version === undefined || found.has(`${version} ${id}`)),
  );
}
