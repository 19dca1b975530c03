import type { Nearness } from '../ports/answers.ts';

/** What a scope's cache has counted, by name. */
export type Counters = Readonly<Record<string, number>>;

/** Cells of agreement: each is a quarter of a doubling of the odds, from 1 to 4 up to 256 to 1. */
export const cellCount = 40;
const cellsPerDoubling = 4;
const firstCellDoublings = -2;

/** Questions, and observations, that are remembered: each new one takes the place of a random older one. */
const rememberedQuestions = 1_000;
const rememberedObservations = 1_500;

const cellNames = (kind: string) => Array.from({ length: cellCount }, (_, cell) => `${kind}${cell}`);
const askedNames = [...cellNames('asked'), 'askedElse'];
const observedNames = [...cellNames('right'), ...cellNames('wrong')];

/** How often a cached answer with agreement like this was asked for, and was found right or wrong. */
export interface Cell {
  asked: number;
  right: number;
  wrong: number;
}

/** The counts of each cell, the least agreement first, and of how many questions. */
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
export function cellOf({ agreement }: Nearness): number {
  const doublings = Math.log2(agreement / Math.max(1 - agreement, Number.EPSILON));
  const cell = Math.floor((doublings - firstCellDoublings) * cellsPerDoubling);
  return Math.min(Math.max(cell, 0), cellCount - 1);
}

/** Doublings of the odds at the middle of a cell. */
export function doublingsOf(cell: number): number {
  return firstCellDoublings + (cell + 0.5) / cellsPerDoubling;
}

/** What is counted. Two writers at once may have taken the same older one out: what is below 0 counts as 0. */
export function readCounts(counters: Counters): Counts {
  const count = (name: string) => Math.max(counters[name] ?? 0, 0);
  const cells = Array.from({ length: cellCount }, (_, cell) => ({
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
): Record<string, number> {
  const cell = nearness && cellOf(nearness);
  const increments: Record<string, number> = {};
  for (let question = 0; question < questions; question += 1) {
    add(increments, cell === undefined ? 'askedElse' : `asked${cell}`, 1);
    replaceOne(counters, increments, askedNames, rememberedQuestions, random);
  }
  if (cell === undefined || isRight === undefined) return increments;
  add(increments, `${isRight ? 'right' : 'wrong'}${cell}`, 1);
  replaceOne(counters, increments, observedNames, rememberedObservations, random);
  return increments;
}

function add(increments: Record<string, number>, name: string, by: number): void {
  const sum = (increments[name] ?? 0) + by;
  if (sum === 0) delete increments[name];
  else increments[name] = sum;
}

/** Takes one out of the counters of these names, each with the same chance, if they hold more than is remembered. */
function replaceOne(
  counters: Counters,
  increments: Record<string, number>,
  names: readonly string[],
  remembered: number,
  random: () => number,
): void {
  const held = names.map((name) => Math.max((counters[name] ?? 0) + (increments[name] ?? 0), 0));
  const all = held.reduce((sum, count) => sum + count, 0);
  if (all <= remembered) return;
  let left = random() * all;
  const at = held.findIndex((count) => (left -= count) < 0);
  const name = names[at];
  if (name !== undefined) add(increments, name, -1);
}
