import type { Intents } from './intents.ts';
import type { Rates } from './outcomes.ts';
import type { Similarities } from './similarities.ts';
import type { Stream } from './stream.ts';

/** A question with the nearest cached one. */
export interface Pair {
  similarity: number;
  isInScope: boolean;
  /** Whether the cached one is about something else. */
  isWrong: boolean;
  /** Whether the guard lets it pass. */
  mayServe: boolean;
}

/** The nearest cached question of each that is asked, with the cache as it is at first. */
export function nearestPairs(
  { cached, asked, intents, isInScope }: Intents,
  similarities: Similarities,
  wordingOf: Stream['wordingOf'],
): Pair[] {
  const isPresent = new Uint8Array(intents.length);
  for (const question of cached) isPresent[question] = 1;
  return asked.flatMap((question) =>
    similarities.nearest(question, cached, isPresent, 1).map(({ question: nearest, similarity }) => ({
      ...{ similarity, isInScope: isInScope[question] ?? false },
      isWrong: intents[question] !== intents[nearest],
      mayServe: wordingOf(question).objectionTo({ question: nearest }) === undefined,
    })),
  );
}

/** What a fixed threshold of cosine serves. */
export function fixedRates(pairs: readonly Pair[], threshold: number): Rates {
  const hits = pairs.filter(({ similarity }) => similarity >= threshold);
  return {
    hits: hits.length / pairs.length,
    wrong: hits.filter(({ isWrong }) => isWrong).length / pairs.length,
  };
}

/** Most hits that any fixed threshold reaches with at most so many wrong, by hindsight. */
export function bestFixedHits(pairs: readonly Pair[], wrong: number): number {
  let hits = 0;
  let wrongHits = 0;
  for (const [index, { isWrong, similarity }] of pairs
    .toSorted((a, b) => b.similarity - a.similarity || Number(b.isWrong) - Number(a.isWrong))
    .entries()) {
    if (similarity < 0) break;
    if (isWrong) wrongHits += 1;
    if (wrongHits > wrong * pairs.length) break;
    hits = index + 1;
  }
  return hits / pairs.length;
}
