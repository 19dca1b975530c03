import type { AnswerStore } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Scope } from '../types.ts';
import { readRefusals } from './refusals.ts';
import { servedCells } from './thresholds.ts';
import { cellCount, doublingsOf, readCounts, type Counts } from './thresholds-counts.ts';

/** What the cache of a scope has learnt, for a person. Shares and rates are 0 to 1. */
export interface CacheDescription {
  /** ISO 8601; what was made before is not served. */
  purgedAt?: string;
  /** Share of all questions that similar answers may be wrong for. */
  maxErrorRate: number;
  learnt: {
    /** Questions that are remembered, the last thousand or so. */
    questions: number;
    /** How often the answer to a similar question was found to be right, and how often not. */
    right: number;
    wrong: number;
  };
  similar: { isServed: false } | ServedSimilar;
  /** In how many questions the guard refused an answer that was near, by reason. */
  refused: Readonly<Record<string, number>>;
}

/** Which similar answers are served. */
export interface ServedSimilar {
  isServed: true;
  /** How far neighbours have to agree on an answer; further where the question is reworded. */
  fromAgreement: number;
  /** Share of all questions that have such an answer. */
  shareOfQuestions: number;
  /** Share of all questions that get a wrong one, as far as is known; the limit has a margin on top. */
  errorRate: number;
}

/** Tells what the cache of a scope has learnt. */
export type DescribeCache = (scope: Scope, options: CallOptions) => Promise<CacheDescription>;

/** Creates the use case over its port. */
export function createDescribeCache({
  answers,
  maxErrorRate,
}: {
  answers: AnswerStore;
  maxErrorRate: number;
}): DescribeCache {
  return async (scope, options) => {
    const { counters, purgedAt } = await answers.state(scope, options);
    const counts = readCounts(counters);
    const sum = (verdict: 'right' | 'wrong') => counts.cells.reduce((sum, cell) => sum + cell[verdict], 0);
    return {
      ...(purgedAt !== undefined && { purgedAt }),
      maxErrorRate,
      learnt: { questions: counts.asked, right: sum('right'), wrong: sum('wrong') },
      similar: describeServed(counts, maxErrorRate),
      refused: readRefusals(counters),
    };
  };
}

function describeServed(counts: Counts, maxErrorRate: number): CacheDescription['similar'] {
  const served = servedCells(counts, maxErrorRate);
  if (served.size === 0) return { isServed: false };
  let shareOfQuestions = 0;
  let errorRate = 0;
  for (const [cell, error] of served) {
    const share = (counts.cells[cell]?.asked ?? 0) / counts.asked;
    shareOfQuestions += share;
    errorRate += share * error;
  }
  return { isServed: true, fromAgreement: leastAgreement(served.keys()), shareOfQuestions, errorRate };
}

/** Where the first of the cells begins: half way between its middle and that of the one below. */
function leastAgreement(cells: Iterable<number>): number {
  const first = Math.min(...Array.from(cells, (cell) => cell % cellCount));
  const odds = 2 ** ((doublingsOf(first - 1) + doublingsOf(first)) / 2);
  return odds / (1 + odds);
}
