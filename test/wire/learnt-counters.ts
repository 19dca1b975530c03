import { observe } from '../../lib/rag/cache/thresholds-counts.ts';
import type { CallOptions } from '../../lib/rag/ports/call.ts';
import type { AnswerStore } from '../../lib/rag/ports/answers.ts';
import type { Scope } from '../../lib/rag/types.ts';

/** How often an answer was found right at each agreement; all together stay below what is remembered. */
const timesRight = 20;

/** Doublings of the odds of agreement, from a quarter to 256 to one. */
const doublings = Array.from({ length: 40 }, (_, n) => -2 + (n + 0.5) / 4);

/** The counters of a cache whose answers to similar questions were right whenever it was found out, one part an agreement. */
export function learntCounters(): Record<string, number>[] {
  return doublings.map((doubling) => {
    const odds = 2 ** doubling;
    const nearness = { similarity: 1, agreement: odds / (1 + odds) };
    const seen = observe({}, { nearness, questions: 1, isRight: true }, Math.random);
    return Object.fromEntries(Object.entries(seen).map(([name, times]) => [name, times * timesRight]));
  });
}

/** Has a scope's cache learn all that, so that it serves what the guard lets through. */
export async function teachSimilar(answers: AnswerStore, scope: Scope, options: CallOptions): Promise<void> {
  // A counter is changed by an expression, and all of them make one that is too long.
  for (const increments of learntCounters()) await answers.learn(scope, increments, options);
}
