import { chooseContext, toSources, versionsOf } from './context.ts';
import { RagError } from './errors.ts';
import type { ChatModel, ChatStream, ChunkStore, DocumentStore, Embeddings } from './ports.ts';
import { buildPrompt } from './prompt.ts';
import type { Run } from './run.ts';
import type { DocumentRecord, Hit, Question, Source } from './types.ts';

/** How often the context is put together anew because a document changed under it. */
const maxRestarts = 3;

/** Documents whose versions are known before the search has ended; those that change are among the newest. */
const recentLimit = 100;
const recentBudgetMs = 250;

/** The ports on the way from a question to the model. */
export interface PrepareDependencies {
  embeddings: Embeddings;
  chat: ChatModel;
  chunks: ChunkStore;
  documents: DocumentStore;
}

/** An answer about to stream: the model has accepted, and every source is current. Without a stream nothing was found. */
export interface Prepared {
  sources: Source[];
  /** Served version of every document in the context. */
  versions: Record<string, string>;
  stream?: ChatStream;
  /** Characters of the prompt, where no usage says better. */
  promptCharacters: number;
  restarts: number;
}

/**
 * From a question to an accepted model call. Embedding and the documents' metadata run beside each other, and the check
 * that the chosen documents are still current runs beside the model's start: a stale one costs a new start, never a
 * stale answer.
 */
export async function prepareAnswer(
  deps: PrepareDependencies,
  run: Run,
  question: Question,
  signal: AbortSignal,
): Promise<Prepared> {
  const { scope, topK } = question;
  // The embedding first: all else on the way to the first token waits for it, and for nothing that starts after it.
  const embedding = run.step('embed', () => deps.embeddings.embed([question.text], { signal }));
  const recent = run.spare('documents', recentBudgetMs, signal, [], (signal) =>
    deps.documents.recent({ scope, limit: recentLimit }, { signal }),
  );
  const [vector] = await embedding;
  if (!vector) throw new RagError('model_rejected', 'The embedding model gave no vector.');
  const known = new Map<string, string | undefined>();
  for (let restarts = 0; restarts <= maxRestarts; restarts += 1) {
    // Twice as many as are needed: during an ingestion the index holds two versions of a document.
    const limit = Math.min(100, 2 * topK);
    const hits = await run.step('search', () => deps.chunks.search({ scope, vector, limit }, { signal }));
    const served = new Map([...likelyVersions(await recent, hits), ...known]);
    const chosen = chooseContext(hits, served, topK);
    if (chosen.length === 0) return { sources: [], versions: {}, promptCharacters: 0, restarts };
    const attempt = await openChecked(deps, run, question, chosen, signal);
    if (!('stale' in attempt)) return { ...attempt, restarts };
    for (const [id, version] of attempt.stale) known.set(id, version);
  }
  throw new RagError('conflict', 'The documents kept changing while the question was answered. Ask again.');
}

/**
 * What the recent documents say of the versions that are served. They may lag behind: a version of which nothing was found
 * may be one that was replaced since, so the consistent read is left to decide about that document.
 */
function likelyVersions(
  recent: readonly DocumentRecord[],
  hits: readonly Hit[],
): Map<string, string | undefined> {
  const found = new Set(hits.map(({ document, version }) => `${version} ${document}`));
  return versionsOf(
    recent.filter(({ id, version }) => version === undefined || found.has(`${version} ${id}`)),
  );
}

/** Opens the model and reads the documents' versions at once; stale ones end the model call. */
async function openChecked(
  deps: PrepareDependencies,
  run: Run,
  question: Question,
  chosen: readonly Hit[],
  parent: AbortSignal,
): Promise<Omit<Prepared, 'restarts'> | { stale: Map<string, string | undefined> }> {
  const attempt = new AbortController();
  // Not a deadline to dispose of here: the stream lives on after this function and must still hear of the parent's abort.
  const signal = AbortSignal.any([parent, attempt.signal]);
  const messages = buildPrompt(question, chosen);
  const opening = run.step('model', () => deps.chat.open(messages, { signal }));
  const checking = run.step('current', () => readCurrent(deps, question, chosen, parent));
  opening.catch(() => {});
  let records: Map<string, DocumentRecord>;
  try {
    records = await checking;
  } catch (error) {
    attempt.abort(error);
    throw error;
  }
  const stale = staleOf(chosen, records);
  if (stale.size > 0) {
    attempt.abort(new DOMException('A source has changed.', 'AbortError'));
    return { stale };
  }
  return {
    sources: toSources(chosen, records),
    versions: Object.fromEntries(chosen.map((chunk) => [chunk.document, chunk.version])),
    stream: await opening,
    promptCharacters: messages.reduce((sum, message) => sum + message.content.length, 0),
  };
}

async function readCurrent(
  deps: PrepareDependencies,
  question: Question,
  chosen: readonly Hit[],
  signal: AbortSignal,
): Promise<Map<string, DocumentRecord>> {
  const ids = Array.from(new Set(chosen.map((chunk) => chunk.document)));
  return deps.documents.getMany({ scope: question.scope, ids }, { signal });
}

function staleOf(
  chosen: readonly Hit[],
  records: ReadonlyMap<string, DocumentRecord>,
): Map<string, string | undefined> {
  const stale = new Map<string, string | undefined>();
  for (const chunk of chosen) {
    const served = records.get(chunk.document)?.version;
    if (served !== chunk.version) stale.set(chunk.document, served);
  }
  return stale;
}
