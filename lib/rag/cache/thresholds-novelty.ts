import { countInWindow, type Counters, type Increments } from './thresholds-windows.ts';

/**
 * Of how many questions it is remembered whether their answer was new to the cache: of few, to see soon when more new ones
 * come, and of as many as there are observations, to know how it was when those were made.
 */
const windows = { late: 200, all: 4_000 };

/** So much of all is taken as new besides what was, or one new question among few would change everything. */
const presumed = 0.02;

/** Counts whether the answer to a question was new, so many times. `random` is as Math.random. */
export function observeNovelty(
  counters: Counters,
  increments: Increments,
  { isNew, questions }: { isNew: boolean; questions: number },
  random: () => number,
): void {
  for (const [window, remembered] of Object.entries(windows)) {
    const names = [`${window}New`, `${window}Known`];
    const name = `${window}${isNew ? 'New' : 'Known'}`;
    for (let question = 0; question < questions; question += 1)
      countInWindow(counters, increments, { name, names, remembered }, random);
  }
}

/**
 * By how much the odds have risen that a question is one whose answer is not there: 1 if they have not. A near answer is
 * wrong that much more often then, for those questions have near ones too.
 */
export function noveltyRise(counters: Counters): number {
  return Math.max(oddsIn(counters, 'late') / oddsIn(counters, 'all'), 1);
}

function oddsIn(counters: Counters, window: keyof typeof windows): number {
  const isNew = Math.max(counters[`${window}New`] ?? 0, 0);
  const isKnown = Math.max(counters[`${window}Known`] ?? 0, 0);
  return (isNew + presumed * (isNew + isKnown) + 1) / (isKnown + 1);
}
