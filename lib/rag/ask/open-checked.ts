import { buildPrompt } from '../answer/prompt.ts';
import type { DocumentStore, RecentDocument } from '../ports/documents.ts';
import type { ChatModel, ChatStream } from '../ports/models.ts';
import { toSources } from '../retrieve/context.ts';
import type { DocumentRecord, Hit, Question, Source } from '../types.ts';
import type { Run } from './run.ts';

/** A call that the model has accepted, and what it was given. */
export interface Opened {
  sources: Source[];
  /** Served version of every document in the context. */
  versions: Record<string, string>;
  /** When the check of the versions began, by `performance.now()`. */
  checkedAtMs: number;
  stream: ChatStream;
}

/** The ports of opening. */
interface OpenDependencies {
  chat: ChatModel;
  documents: DocumentStore;
}

/**
 * Opens the model and reads the documents' versions at once. Where some have changed, the call is ended and they are
 * returned with the versions that are served (undefined for deleted ones).
 */
export async function openChecked(
  deps: OpenDependencies,
  run: Run,
  question: Question,
  { chosen, recent }: { chosen: readonly Hit[]; recent: readonly RecentDocument[] },
  parent: AbortSignal,
): Promise<Opened | { stale: Map<string, string | undefined> }> {
  const attempt = new AbortController();
  // Not a deadline to dispose of here: the stream lives on after this function and must still hear of the parent's abort.
  const signal = AbortSignal.any([parent, attempt.signal]);
  const messages = buildPrompt(question, chosen, recent);
  const opening = run.step('model', () => deps.chat.open(messages, { signal }));
  const checkedAtMs = performance.now();
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
    checkedAtMs,
    sources: toSources(chosen, records),
    versions: Object.fromEntries(chosen.map((chunk) => [chunk.document, chunk.version])),
    stream: await opening,
  };
}

async function readCurrent(
  { documents }: OpenDependencies,
  question: Question,
  chosen: readonly Hit[],
  signal: AbortSignal,
): Promise<Map<string, DocumentRecord>> {
  const ids = Array.from(new Set(chosen.map((chunk) => chunk.document)));
  return documents.getMany({ scope: question.scope, ids }, { signal });
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
