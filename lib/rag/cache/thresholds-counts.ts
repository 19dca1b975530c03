import type { Nearness } from '../ports/answers.ts';
import { countInWindow, type Counters, type Increments } from './thresholds-windows.ts';

/** Cells of agreement of one kind: each is a quarter of a doubling of the odds, from 1 to 4 up to 256 to 1. */
export const cellCount = 40;
const cellsPerDoubling = 4;
const firstCellDoublings = -2;

/** Answers that may be served for their wording, and after them those whose questions are reworded, in cells of their own. */
const kinds = 2;

/** Questions, and observations, that are remembered: each new one takes the place of a random older one. */
const rememberedQuestions = 1_000;
const rememberedObservations = 4_000;

const cellNames = (kind: string) => Array.from({ length: kinds * cellCount }, (_, cell) => `${kind}${cell}`);
const asked = { names: [...cellNames('asked'), 'askedElse'], remembered: rememberedQuestions };
const observed = {
  names: [...cellNames('right'), ...cellNames('wrong')],
  remembered: rememberedObservations,
};

/** How often a cached answer with agreement like this was asked for, and was found right or wrong. */
export interface Cell {
  asked: number;
  right: number;
  wrong: number;
}

/** The counts of each cell, of either kind the least agreement first, and of how many questions. */
export interface Counts {
  cells: readonly Cell[];
  asked: number;
}

/** Something that came to be known. Without `nearness` nothing was near. */
export interface Observation {
  nearness?: Nearness | undefined;
  /** How many questions it stands for; 0 for what a person says of an answer afterwards. */
  questions: number;
  /** Whether the near answer was right, where that was found out. */
  isRight?: boolean;
}

/** The cell of an agreement. */
export function cellOf({ agreement, isReworded }: Nearness): number {
  const doublings = Math.log2(agreement / Math.max(1 - agreement, Number.EPSILON));
  const cell = Math.floor((doublings - firstCellDoublings) * cellsPerDoubling);
  return Math.min(Math.max(cell, 0), cellCount - 1) + (isReworded ? cellCount : 0);
}

/** Doublings of the odds at the middle of a cell of the first kind. */
export function doublingsOf(cell: number): number {
  return firstCellDoublings + (cell + 0.5) / cellsPerDoubling;
}

/** What is counted. Two writers at once may have taken the same older one out: what is below 0 counts as 0. */
export function readCounts(counters: Counters): Counts {
  const count = (name: string) => Math.max(counters[name] ?? 0, 0);
  const cells = Array.from({ length: kinds * cellCount }, (_, cell) => ({
    asked: count(`asked${cell}`),
    right: count(`right${cell}`),
    wrong: count(`wrong${cell}`),
  }));
  return { cells, asked: cells.reduce((sum, { asked }) => sum + asked, count('askedElse')) };
}

/**
 * What to add to the counters for an observation: itself, and once enough is remembered a random older one taken out for it.
 * So counts stay small, and what was learnt long ago fades as fast as new things are learnt. `random` is as Math.random.
 */
export function observe(
  counters: Counters,
  { nearness, questions, isRight }: Observation,
  random: () => number,
): Increments {
  const cell = nearness && cellOf(nearness);
  const increments: Increments = {};
  const name = cell === undefined ? 'askedElse' : `asked${cell}`;
  for (let question = 0; question < questions; question += 1)
    countInWindow(counters, increments, { name, ...asked }, random);
  if (cell === undefined || isRight === undefined) return increments;
  const found = { name: `${isRight ? 'right' : 'wrong'}${cell}`, ...observed };
  countInWindow(counters, increments, found, random);
  return increments;
}
