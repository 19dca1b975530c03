import { refusal, type GuardReason } from '../../lib/rag/cache/guard.ts';
import { openVectors } from '../chunks-vectors.ts';
import { readNeighbours } from './guard-neighbours.ts';
import { readHardSet, type Part, type QuestionPair } from './hard-pairs.ts';

/** What the guard does with a part of the hard set. Shares of all its pairs, 0 to 1. */
export interface HardFigures {
  differing: number;
  /** Pairs that differ and that a cosine of 0.80 or more alone would have served. */
  cosineFalseHits: number;
  /** Pairs that differ and pass the guard, whatever their cosine. */
  guardFalseHits: number;
  /** Those that pass both. */
  falseHits: number;
  /** Of those that were refused, the share whose reason names what differs. */
  rightReasons: number;
  same: number;
  /** Pairs that mean the same and are refused by the guard. */
  wronglyRefused: number;
  /** The same, of those with a cosine of 0.80 or more. */
  wronglyRefusedNear: number;
}

/** What the guard does with the nearest neighbours of Banking77. */
export interface NeighbourFigures {
  sameIntent: number;
  /** Share of the pairs of one intent that pass. */
  passed: number;
  otherIntent: number;
  /** Share of the pairs of two intents that are refused. */
  refused: number;
  reasons: Readonly<Record<string, number>>;
  microsecondsPerPair: number;
}

/** The goals: at most this share of false hits, at least that share of true neighbours kept. */
const goals = { falseHits: 0.02, passed: 0.8 };
/** Below it, no threshold would serve the pair. */
const leastCosine = 0.8;
const leastNeighbourCosine = 0.85;
/** Where the vectors of the hard pairs are kept from run to run. */
export const vectorsFolder = new URL('../../.eval-cache/hard-pairs/', import.meta.url);
const none = new Float32Array();

/** Measures the guard on a part of the hard set, with and without MiniLM's cosine beside it. */
export async function measureHardSet(part: Part): Promise<HardFigures> {
  const { differing, same } = await readHardSet(part);
  const near = await nearPairs([...differing, ...same]);
  const isNear = (pair: QuestionPair): boolean => near.has(keyOf(pair));
  const judged = differing.map((pair) => ({ ...pair, reason: refusal(pair.asked, pair.cached) }));
  const refused = judged.filter(({ reason }) => reason !== undefined);
  const refusedSame = same.filter(({ asked, cached }) => refusal(asked, cached) !== undefined);
  return {
    differing: differing.length,
    cosineFalseHits: share(judged, isNear),
    guardFalseHits: share(judged, ({ reason }) => reason === undefined),
    falseHits: share(judged, (pair) => pair.reason === undefined && isNear(pair)),
    rightReasons: share(refused, ({ reason, kind }) => reason === kind),
    same: same.length,
    wronglyRefused: refusedSame.length / same.length,
    wronglyRefusedNear: refusedSame.filter(isNear).length / same.filter(isNear).length,
  };
}

/** Measures the guard on Banking77's test questions, each beside its nearest training question of 0.85 or more. */
export async function measureNeighbours(): Promise<NeighbourFigures> {
  const pairs = await readNeighbours(leastNeighbourCosine);
  const start = performance.now();
  const judged = pairs.map((pair) => ({ ...pair, reason: refusal(pair.asked, pair.cached) }));
  const microsecondsPerPair = ((performance.now() - start) * 1_000) / pairs.length;
  const sameIntent = judged.filter((pair) => pair.isSameIntent);
  const otherIntent = judged.filter((pair) => !pair.isSameIntent);
  return {
    sameIntent: sameIntent.length,
    passed: share(sameIntent, ({ reason }) => reason === undefined),
    otherIntent: otherIntent.length,
    refused: share(otherIntent, ({ reason }) => reason !== undefined),
    reasons: countReasons(judged.flatMap(({ reason }) => reason ?? [])),
    microsecondsPerPair,
  };
}

/** Prints the guard's figures and returns whether the goals are reached. */
export async function printGuardFigures(): Promise<boolean> {
  let isGood = true;
  for (const part of ['seen', 'unseen'] as const) {
    const figures = await measureHardSet(part);
    isGood &&= figures.guardFalseHits <= goals.falseHits;
    print(
      `guard, ${part} hard pairs: ${figures.differing}, false hits ${percent(figures.guardFalseHits)}` +
        ` (with cosine ≥ ${leastCosine}: ${percent(figures.falseHits)}, cosine alone: ${percent(figures.cosineFalseHits)}),` +
        ` right reason ${percent(figures.rightReasons)}; paraphrases: ${figures.same},` +
        ` wrongly refused ${percent(figures.wronglyRefused)} (near ones: ${percent(figures.wronglyRefusedNear)})`,
    );
  }
  const neighbours = await measureNeighbours();
  isGood &&= neighbours.passed >= goals.passed;
  print(
    `guard, Banking77 neighbours ≥ ${leastNeighbourCosine}: same intent ${neighbours.sameIntent}, passed` +
      ` ${percent(neighbours.passed)}; other intent ${neighbours.otherIntent}, refused ${percent(neighbours.refused)};` +
      ` ${neighbours.microsecondsPerPair.toFixed(0)} µs a pair; ${JSON.stringify(neighbours.reasons)}`,
  );
  print(`guard ${isGood ? 'ok' : 'MISSES ITS GOALS'}`);
  return isGood;
}

/** The keys of the pairs whose cosine, by the laptop's MiniLM, is high enough. Vectors are kept from run to run. */
async function nearPairs(pairs: readonly QuestionPair[]): Promise<ReadonlySet<string>> {
  const vectors = await openVectors(vectorsFolder);
  try {
    const embedded = await vectors.of(
      pairs.flatMap(({ asked, cached }) => [asked, cached]),
      () => undefined,
    );
    const isNear = (index: number) =>
      cosine(embedded[2 * index] ?? none, embedded[2 * index + 1] ?? none) >= leastCosine;
    return new Set(pairs.filter((_, index) => isNear(index)).map(keyOf));
  } finally {
    await vectors.close();
  }
}

function keyOf({ asked, cached }: QuestionPair): string {
  return JSON.stringify([asked, cached]);
}

/** The cosine of unit vectors. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function countReasons(reasons: readonly GuardReason[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function share<T>(all: readonly T[], is: (each: T) => boolean): number {
  return all.filter(is).length / all.length;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
