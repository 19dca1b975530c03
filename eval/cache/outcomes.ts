import type { Outcome } from './stream.ts';

/** What questions were served, as shares of all that were asked, 0 to 1. */
export interface Rates {
  hits: number;
  /** Hits with the answer to another question. */
  wrong: number;
}

/** Of a normal distribution, 95 % lies within so many deviations. */
const deviations = 1.96;

/** The rates of a run. */
export function ratesOf({ asked, hits, wrong }: Outcome): Rates {
  return { hits: hits / asked, wrong: wrong / asked };
}

/** Means over several runs. */
export function meanRates(outcomes: readonly Outcome[]): Rates {
  const mean = (figure: (rates: Rates) => number) =>
    outcomes.reduce((sum, outcome) => sum + figure(ratesOf(outcome)), 0) / outcomes.length;
  return { hits: mean(({ hits }) => hits), wrong: mean(({ wrong }) => wrong) };
}

/** Wilson's interval of a share that was found among `count`, 95 %. */
export function intervalOf(share: number, count: number): [from: number, to: number] {
  const square = deviations ** 2 / count;
  const middle = share + square / 2;
  const half = deviations * Math.sqrt((share * (1 - share)) / count + square / (4 * count));
  return [(middle - half) / (1 + square), (middle + half) / (1 + square)];
}
