import type { Nearness } from '../ports/answers.ts';
import { cellOf, readCounts, type Counters, type Counts } from './thresholds-counts.ts';
import { errorOf, poolCells } from './thresholds-errors.ts';

/** What is to be done with a cached answer that is near. */
export interface Judgement {
  /** `explore`: it may be served, but the model is asked, to find out whether it would have been right. */
  verdict: 'serve' | 'explore' | 'ask';
  /** How many questions to count for this one (`Observation`). Of those that may be served only some are counted. */
  questions: number;
}

/** Of a normal distribution, 95 % lies below so many deviations above its mean. */
const deviations = 1.645;

/** A cell is served only if so many answers were found right or wrong in the cells it is pooled with. */
const leastObserved = 30;

/**
 * An answer that is wrong more than so many times as often as allowed is not served, though the sum would allow it: when
 * strange questions begin to come, those are the ones they meet.
 */
const worst = 4;

/** One of so many questions that may be served is counted, for all of them: a hit writes nothing otherwise. */
const countedOneIn = 10;

/** Share of the answers with that error that are checked, at an allowed error of 1. Never more than the second. */
const explorationAtOne = 0.05;
const mostExplored = 0.5;

/**
 * Whether a cached answer may be served, so that of all questions at most the share `delta` gets a wrong answer from the
 * cache (docs/decisions/0016). `random` is as Math.random.
 */
export function judge(
  counters: Counters,
  nearness: Nearness,
  delta: number,
  random: () => number,
): Judgement {
  const served = servedCells(readCounts(counters), delta);
  const error = served.get(cellOf(nearness));
  if (error === undefined) return { verdict: 'ask', questions: 1 };
  const questions = random() * countedOneIn < 1 ? countedOneIn : 0;
  return { verdict: random() < explorationShare(error, delta) ? 'explore' : 'serve', questions };
}

/**
 * The cells whose answers are served, with their error: from the most agreement down, as long as the upper bound of what
 * goes wrong in all of them together stays within `delta` of all questions.
 */
export function servedCells({ cells, asked }: Counts, delta: number): ReadonlyMap<number, number> {
  const served = new Map<number, number>();
  let wrong = 0;
  let variance = 0;
  for (const pool of poolCells(cells).toReversed()) {
    const observed = pool.right + pool.wrong;
    const error = errorOf(pool);
    if (observed < leastObserved || error > worst * delta) return served;
    // The error of a pool is one unknown figure: how far it may be off grows with the share of all its cells together.
    const squaredDoubt = (error * (1 - error)) / (observed + 3);
    let share = 0;
    for (let cell = pool.to; cell >= pool.from; cell -= 1) {
      share += (cells[cell]?.asked ?? 0) / asked;
      const doubt = deviations * Math.sqrt(variance + share * share * squaredDoubt);
      if (!(wrong + share * error + doubt <= delta)) return served;
      served.set(cell, error);
    }
    wrong += share * error;
    variance += share * share * squaredDoubt;
  }
  return served;
}

/** More where more goes wrong: that is where looking tells most about the sum (Neyman's allocation). */
function explorationShare(error: number, delta: number): number {
  return Math.min(explorationAtOne * Math.sqrt(error / delta), mostExplored);
}
