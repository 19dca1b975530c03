import { chooseCandidate } from '../../lib/rag/cache/agreement.ts';
import { objectionTo, rootsOf } from '../../lib/rag/cache/guard.ts';
import { judge } from '../../lib/rag/cache/thresholds.ts';
import type { Vectors } from '../chunks-vectors.ts';
import { cosine } from './guard-figures.ts';
import { readHardSet, type QuestionPair } from './hard-pairs.ts';

/** Ways to ask the same: a cached question beside four more that have its answer, in nearly its own words. */
const dressings: readonly ((question: string) => string)[] = [
  (question) => question,
  (question) => `Hello, ${question}`,
  (question) => `${question} Thank you.`,
  (question) => `Please tell me: ${question}`,
  (question) => `A quick question: ${question}`,
];

/** Shares of the hard pairs that a cache which has learnt would answer with the cached answer. */
export interface HardShares {
  /** Only the cached question is there. */
  alone: number;
  /** Five wordings of it are there, with one answer. */
  amongFive: number;
}

/**
 * The hard pairs that differ, asked of a cache that has learnt elsewhere what is similar enough. What it has learnt was not of
 * such questions: this is the worst that can be asked of it.
 */
export async function measureHardLearnt(
  counters: Readonly<Record<string, number>>,
  delta: number,
  vectors: Vectors,
): Promise<HardShares> {
  const sets = await Promise.all([readHardSet('seen'), readHardSet('unseen')]);
  const pairs = sets.flatMap(({ differing }) => differing);
  const texts = pairs.flatMap(textsOf);
  const embedded = await vectors.of(texts, () => undefined);
  const vectorOf = new Map(texts.map((text, at) => [text, embedded[at] ?? none]));
  const served = pairs.map((pair) => {
    const near = neighboursOf(pair, vectorOf);
    return [near.slice(0, 1), near].map((some) => isServed(pair.asked, some));
  });
  const share = (at: number) => served.filter((one) => one[at]).length / pairs.length;
  return { alone: share(0), amongFive: share(1) };

  function isServed(asked: string, near: ReturnType<typeof neighboursOf>): boolean {
    const chosen = chooseCandidate(
      near.toSorted((a, b) => b.similarity - a.similarity),
      {
        objectionTo: ({ question }) => objectionTo(asked, question),
        rootsOf: ({ question }) => rootsOf(question),
      },
    );
    return chosen !== undefined && judge(counters, chosen.nearness, delta, () => 1).verdict === 'serve';
  }
}

const none = new Float32Array();

function textsOf({ asked, cached }: QuestionPair): string[] {
  return [asked, ...dressings.map((dress) => dress(cached))];
}

function neighboursOf(pair: QuestionPair, vectorOf: ReadonlyMap<string, Float32Array>) {
  const [own = none, ...others] = textsOf(pair).map((text) => vectorOf.get(text) ?? none);
  return dressings.map((dress, at) => ({
    ...{ question: dress(pair.cached), group: 'cached', right: 0, wrong: 0 },
    similarity: cosine(own, others[at] ?? none),
  }));
}
