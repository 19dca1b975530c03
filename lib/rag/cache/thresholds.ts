import type { Nearness } from '../ports/answers.ts';
import { noWrongs, upperBound, withWrongs, type Wrongs } from './thresholds-bound.ts';
import { cellCount, cellOf, readCounts, type Counts } from './thresholds-counts.ts';
import { errorOf, poolCells, type Pool } from './thresholds-errors.ts';
import type { Counters } from './thresholds-windows.ts';

/** What is to be done with a cached answer that is near. */
export interface Judgement {
  /** `explore`: it may be served, but the model is asked, to find out whether it would have been right. */
  verdict: 'serve' | 'explore' | 'ask';
  /** How many questions to count for this one (`Observation`). Of those that may be served only some are counted. */
  questions: number;
}

/** A cell is served only if so many answers were found right or wrong in the cells it is pooled with. */
const leastObserved = 30;

/** An answer that is wrong more than so many times as often as allowed is not served, though the sum would allow it. */
const worst = 10;

/**
 * Where the question is reworded, that holds of the upper bound of the error by itself, whatever the others leave of the
 * budget: words in place of others are what asks for something else most often.
 */
const worstReworded = 2;

/** One of so many questions that may be served is counted, for all of them: a hit writes nothing otherwise. */
const countedOneIn = 10;

/** Share of the answers that are checked where the error is the allowed one. Never more than the second. */
const explorationAtAllowed = 0.03;
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
 * The cells whose answers are served, with their error: from the least error on, as long as the upper bound of what goes
 * wrong in all of them together stays within `delta` of all questions.
 */
export function servedCells(counts: Counts, delta: number): ReadonlyMap<number, number> {
  const served = new Map<number, number>();
  const closed = new Set<boolean>();
  let wrongs = noWrongs;
  for (const pool of poolCells(counts.cells)) {
    // Less agreement of the same kind is no better.
    if (closed.has(isReworded(pool)) || !mayServe(pool, delta)) {
      closed.add(isReworded(pool));
      continue;
    }
    const error = errorOf(pool);
    let share = 0;
    let withPool = wrongs;
    for (let cell = pool.to; cell >= pool.from; cell -= 1) {
      share += (counts.cells[cell]?.asked ?? 0) / counts.asked;
      withPool = withShare(wrongs, pool, share);
      if (!(upperBound(withPool) <= delta)) return served;
      served.set(cell, error);
    }
    wrongs = withPool;
  }
  return served;
}

/** Whether a pool may be served at all. */
function mayServe(pool: Pool, delta: number): boolean {
  if (pool.right + pool.wrong < leastObserved || errorOf(pool) > worst * delta) return false;
  return !isReworded(pool) || upperBound(withShare(noWrongs, pool, 1)) <= worstReworded * delta;
}

function isReworded({ from }: Pool): boolean {
  return from >= cellCount;
}

/** With a pool whose answers are served to that share of all questions. Each that was found wrong stands for a part of it. */
function withShare(wrongs: Wrongs, { right, wrong }: Pool, share: number): Wrongs {
  return withWrongs(wrongs, wrong, share / (right + wrong));
}

/** More where more goes wrong: that is where looking tells most about the sum, and what is served does most harm. */
function explorationShare(error: number, delta: number): number {
  return Math.min((explorationAtAllowed * error) / delta, mostExplored);
}
