import { judgeByAnswers, judgeByIntent } from './faq.ts';
import { bestFixedHits, fixedRates, type Pair } from './fixed.ts';
import type { Intents } from './intents.ts';
import { intervalOf, meanRates, ratesOf, type Rates } from './outcomes.ts';
import type { Similarities } from './similarities.ts';
import { runStream, type Outcome, type Stream } from './stream.ts';

/** Everything that is measured on one set of questions rests on these. */
export interface Measured {
  data: Intents;
  similarities: Similarities;
  wordingOf: Stream['wordingOf'];
  /** The nearest cached question of each that is asked. */
  pairs: readonly Pair[];
}

/** One way to run the learnt bound. */
export interface Run {
  judgedBy: 'intents' | 'answers';
  hasGuard: boolean;
  isWarm: boolean;
  delta: number;
  orders: number;
}

/** What became of it, order by order. */
export interface RunResult extends Run {
  outcomes: Outcome[];
  mean: Rates;
  /** In how many orders the share of false hits was within delta. */
  held: number;
}

/** The thresholds that caches are shipped with. */
export const usualThresholds = [0.8, 0.85, 0.9, 0.95];

/** Rows for fixed thresholds; the hits of those in scope only, then of all that are asked. */
export function fixedTable({ pairs, data }: Measured): string[][] {
  const inScope = pairs.filter((pair) => pair.isInScope);
  const hasOthers = inScope.length < pairs.length;
  const row = (name: string, some: readonly Pair[], threshold: number) => {
    const { hits, wrong } = fixedRates(some, threshold);
    return [
      `${data.name}, ${name} ${threshold.toFixed(2)}`,
      percent(hits),
      percent(wrong / hits),
      percent(wrong),
    ];
  };
  return [
    ['nearest neighbour, fixed threshold', 'hits', 'of them false', 'false of all'],
    ...usualThresholds.map((threshold) => row('cosine', inScope, threshold)),
    ...(hasOthers
      ? usualThresholds.map((threshold) => row('and out of scope, cosine', pairs, threshold))
      : []),
    ...usualThresholds.map((threshold) => row('and guard, cosine', guarded(pairs), threshold)),
  ];
}

/** Points of a curve over all thresholds. */
export function fixedCurve(pairs: readonly Pair[], hasGuard: boolean): Rates[] {
  const some = hasGuard ? pairs.map((pair) => (pair.mayServe ? pair : { ...pair, similarity: -1 })) : pairs;
  return Array.from({ length: 45 }, (_, step) => fixedRates(some, 1 - step / 100));
}

/** What the guard refuses is as far away as can be. */
function guarded(pairs: readonly Pair[]): Pair[] {
  return pairs.map((pair) => (pair.mayServe ? pair : { ...pair, similarity: -1 }));
}

/** Asks the questions in so many orders. */
export function runOrders({ data, similarities, wordingOf }: Measured, run: Run): RunResult {
  const judge = run.judgedBy === 'intents' ? judgeByIntent(data) : judgeByAnswers(data, similarities);
  const outcomes = Array.from({ length: run.orders }, (_, order) =>
    runStream({
      ...{ data, similarities, judge, delta: run.delta, isWarm: run.isWarm, seed: order + 1 },
      wordingOf: run.hasGuard ? wordingOf : noObjection,
    }),
  );
  const held = outcomes.filter((outcome) => ratesOf(outcome).wrong <= run.delta).length;
  return { ...run, outcomes, mean: meanRates(outcomes), held };
}

/** No guard at all. */
const noObjection: Stream['wordingOf'] = () => ({ objectionTo: () => undefined, rootsOf: () => new Set() });

/** The head of what `learntRow` makes. */
export const learntHead = [
  ...[
    'learnt bound',
    'δ',
    'hits',
    'false of all',
    '95 % interval',
    'in each order',
    'held',
    'checked',
    'reworded, of them false',
  ],
  'best fixed at that error',
  'and guard',
  'best fixed at δ',
];

/** A result as a row of a table. */
export function learntRow({ data, pairs }: Measured, result: RunResult): string[] {
  const { outcomes, mean, delta } = result;
  const asked = outcomes[0]?.asked ?? 1;
  const [from, to] = intervalOf(mean.wrong, asked);
  const explored = outcomes.reduce((sum, one) => sum + one.explored / one.asked, 0) / outcomes.length;
  return [
    `${data.name}${result.isWarm ? '' : ', cold'}, ${result.hasGuard ? 'guard, ' : ''}judged by ${result.judgedBy}`,
    percent(delta),
    percent(mean.hits),
    percent(mean.wrong, 2),
    `${percent(from, 2)} to ${percent(to, 2)}`,
    outcomes.map((one) => (100 * ratesOf(one).wrong).toFixed(2)).join(' '),
    `${result.held} of ${outcomes.length}`,
    percent(explored),
    `${percent(meanOf(outcomes, 'reworded'))}, ${percent(meanOf(outcomes, 'rewordedWrong'), 2)}`,
    percent(bestFixedHits(pairs, mean.wrong)),
    percent(bestFixedHits(guarded(pairs), mean.wrong)),
    percent(bestFixedHits(pairs, delta)),
  ];
}

function meanOf(outcomes: readonly Outcome[], figure: 'reworded' | 'rewordedWrong'): number {
  return outcomes.reduce((sum, one) => sum + one[figure] / one.asked, 0) / outcomes.length;
}

/** A share in words. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}
