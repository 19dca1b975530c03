import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { printTable } from '../local/terminal/print-table.ts';
import { printGuardFigures } from './cache/guard-figures.ts';
import { hasIntents, readBanking77, readClinc150 } from './cache/intents.ts';
import { prepareMeasuring } from './cache/measure.ts';
import { plot, type Panel } from './cache/plot.ts';
import {
  fixedCurve,
  fixedTable,
  learntHead,
  learntRow,
  runOrders,
  type Measured,
  type Run,
  type RunResult,
} from './cache/rows.ts';

const plotFile = new URL('../docs/decisions/0016-cache-thresholds.svg', import.meta.url);
const floorsFile = new URL('cache/floors.json', import.meta.url);

const deltas = [0.01, 0.02, 0.05];
const orders = 5;

/** Of Banking77: what every change is measured on. */
const gateLimits = { cached: 3_000, asked: 1_500 };

const gateSchema = z.record(z.string(), z.object({ leastHits: z.number(), mostWrong: z.number() }));

const explanation = `
Each question is asked once. False hits are counted by the intents, whoever judges: "judged by intents" learns from them,
"judged by answers" from the comparator of production, over a document of eight questions an intent, answers of its three
sentences nearest to the question, and the passages cited (eval/cache/faq.ts). Before the asked ones come the cached ones,
each a miss that is observed; "cold" mixes all and begins with nothing. "Best fixed" is a cosine threshold chosen by
hindsight, at the error that was reached (alone, then with the guard) and at δ.
`;

/**
 * Asks Banking77 and CLINC150 of the cache: fixed thresholds, the guard, and the learnt bound in five orders; the hard pairs;
 * writes the plot of the decision page. Resolves to the exit code: 1 where a bound or a floor does not hold, 2 without the data.
 */
export async function evaluateCache({ gate }: { gate: boolean }): Promise<number> {
  if (!(await hasIntents())) {
    print('Nothing was measured: ../shared/data/banking77 and clinc150 are not on this machine.');
    return 2;
  }
  return gate ? measureGate() : measureAll();
}

async function measureAll(): Promise<number> {
  const sets = [await readBanking77(), await readClinc150()];
  const panels: Panel[] = [];
  let isGood = true;
  print(explanation);
  for (const data of sets) {
    const measured = await prepareMeasuring(data);
    printTable(fixedTable(measured));
    print('');
    const results = runsOf().map((run) => runOrders(measured, run));
    printTable([learntHead, ...results.map((result) => learntRow(measured, result))]);
    print('');
    panels.push(panelOf(measured, results));
    // What is shipped has the guard; the bound alone is printed to see what it does by itself.
    isGood &&= results.every(({ hasGuard, held, outcomes }) => !hasGuard || held === outcomes.length);
  }
  await writeFile(plotFile, plot(panels));
  isGood = (await printGuardFigures()) && isGood;
  print(`cache ${isGood ? 'ok' : 'A BOUND DID NOT HOLD'}`);
  return isGood ? 0 : 1;
}

function runsOf(): Run[] {
  const each = (run: Omit<Run, 'delta'>) => deltas.map((delta) => ({ ...run, delta }));
  return [
    ...each({ judgedBy: 'intents', hasGuard: true, isWarm: true, orders }),
    ...each({ judgedBy: 'answers', hasGuard: true, isWarm: true, orders }),
    ...each({ judgedBy: 'intents', hasGuard: false, isWarm: true, orders }),
    ...each({ judgedBy: 'intents', hasGuard: true, isWarm: false, orders: 1 }),
    ...each({ judgedBy: 'answers', hasGuard: true, isWarm: false, orders: 1 }),
  ];
}

function panelOf({ data, pairs }: Measured, results: readonly RunResult[]): Panel {
  const points = (judgedBy: Run['judgedBy'], hasGuard: boolean) =>
    results
      .filter((one) => one.isWarm && one.judgedBy === judgedBy && one.hasGuard === hasGuard)
      .map(({ mean }) => mean);
  return {
    title: data.name,
    series: [
      { name: 'fixed cosine threshold', colour: 0, isLine: true, points: fixedCurve(pairs, false) },
      { name: 'fixed cosine threshold and guard', colour: 1, isLine: true, points: fixedCurve(pairs, true) },
      {
        name: 'learnt bound alone, δ = 1, 2, 5 %',
        colour: 2,
        isLine: false,
        points: points('intents', false),
      },
      {
        name: 'learnt bound and guard, judged by intents',
        colour: 3,
        isLine: false,
        points: points('intents', true),
      },
      {
        name: 'learnt bound and guard, judged by answers',
        colour: 4,
        isLine: false,
        points: points('answers', true),
      },
    ],
  };
}

/** One order of a part of Banking77, against what was recorded. */
async function measureGate(): Promise<number> {
  const floors = gateSchema.parse(JSON.parse(await readFile(floorsFile, 'utf8')));
  const measured = await prepareMeasuring(await readBanking77(gateLimits));
  let isGood = true;
  for (const judgedBy of ['intents', 'answers'] as const) {
    const result = runOrders(measured, { judgedBy, hasGuard: true, isWarm: true, delta: 0.02, orders: 1 });
    const { hits, wrong } = result.mean;
    const { leastHits = 1, mostWrong = 0 } = floors[judgedBy] ?? {};
    const isWithin = hits >= leastHits && wrong <= mostWrong;
    isGood &&= isWithin;
    print(
      `cache ${judgedBy} hits=${hits.toFixed(4)} (floor ${leastHits}) wrong=${wrong.toFixed(4)}` +
        ` (ceiling ${mostWrong}) ${isWithin ? 'ok' : 'NOT WITHIN'}`,
    );
  }
  return isGood ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
