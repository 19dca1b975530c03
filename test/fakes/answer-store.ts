import type { AnswerStore } from '../../lib/rag/ports/answers.ts';
import type { CachedAnswer } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** Cached answers in memory. */
export function createFakeAnswers(calls: Calls): AnswerStore & { entries: Map<string, CachedAnswer> } {
  const entries = new Map<string, CachedAnswer>();
  return {
    entries,
    get: ({ scope, key }, { signal }) =>
      calls.take('answers.get', { scope, key }, signal, () =>
        structuredClone(entries.get(`${scope} ${key}`)),
      ),
    put: ({ scope, key }, answer, { signal }) =>
      calls.take('answers.put', { scope, key, answer }, signal, () => {
        entries.set(`${scope} ${key}`, structuredClone(answer));
      }),
  };
}
