import { condenseQuestion } from './condense.ts';
import type { ChatModel } from './ports.ts';
import type { Run } from './run.ts';
import type { Question } from './types.ts';

/** How long the model may take to rewrite the question. */
const condenseBudgetMs = 2_500;

/**
 * Retrieves for the question as it reads without its history, or as it was asked where that is the same, fails or takes too
 * long. Retrieval for the question as asked starts at once, beside the rewriting: whichever is used in the end, the wait is
 * the longer of the two ways and never their sum, and a lost rewriting costs no search after it. Without a history there is
 * one retrieval and nothing else.
 */
export async function retrieveCondensed<T>(
  chat: ChatModel,
  run: Run,
  question: Question,
  parent: AbortSignal,
  retrieve: (text: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (question.history.length === 0) return retrieve(question.text, parent);
  const needless = new AbortController();
  const asked = retrieve(question.text, AbortSignal.any([parent, needless.signal]));
  // It is waited for only if it is needed, and then its failure is told.
  asked.catch(() => {});
  const text = await run.spare('condense', condenseBudgetMs, parent, question.text, (signal) =>
    condenseQuestion(chat, question, { signal, onUsage: (usage) => addUsage(run, usage) }),
  );
  parent.throwIfAborted();
  if (text === question.text) return asked;
  const found = await retrieve(text, parent);
  needless.abort(new DOMException('The rewritten question was retrieved for.', 'AbortError'));
  return found;
}

function addUsage(run: Run, { promptTokens, completionTokens }: Run['usage']): void {
  run.usage.promptTokens += promptTokens;
  run.usage.completionTokens += completionTokens;
}
