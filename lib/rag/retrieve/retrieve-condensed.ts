import { condenseQuestion } from './condense.ts';
import type { ChatModel } from '../ports/models.ts';
import type { Run } from '../ask/run.ts';
import type { Question } from '../types.ts';

/** How long rewriting the question and retrieving for it may take together. */
const condenseBudgetMs = 2_500;

/**
 * Retrieves for the question as it reads without its history, or as it was asked where that is the same, fails or takes too
 * long. Retrieval for the question as asked starts at once, beside the rewriting: the wait is the longer of the two ways
 * and never their sum, and a rewriting that is lost, or was not needed, is followed by no search of its own. Without a
 * history there is one retrieval and nothing else.
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
  const rewritten = await run.spare('condense', condenseBudgetMs, parent, undefined, async (signal) => {
    const text = await condenseQuestion(chat, question, { signal });
    return text === question.text ? undefined : { found: await retrieve(text, signal) };
  });
  if (!rewritten) return asked;
  needless.abort(new DOMException('The rewritten question was retrieved for.', 'AbortError'));
  return rewritten.found;
}
