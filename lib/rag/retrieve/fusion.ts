import type { ChunkPlace } from '../ports/knowledge.ts';

/** A chunk in the order of one search or of several. Higher is better. */
export interface Ranked extends ChunkPlace {
  score: number;
}

/** What one search found, best first. */
export interface RankedList {
  hits: readonly Ranked[];
  /** What its best hit is worth; the weights of all lists together are 1. */
  weight: number;
  /** The score that is worth nothing, given the lowest that was found. */
  zero: (lowest: number) => number;
  /** Whether there may be more than was found, so that a chunk which is not in the list is not worth nothing. */
  isCut: boolean;
}

/**
 * One order out of several, by scores and not by ranks (docs/decisions/0008): each score becomes its share of the way
 * from the list's zero to its best, and a chunk's shares are added up by weight. A chunk that is missing from a list that
 * was cut may be as good as the last one in it, and no better, so it is taken for that. Results have 0 to 1; equal ones
 * stay in the order of the lists.
 */
export function fuse(lists: readonly RankedList[]): Ranked[] {
  const sums = new Map<string, Ranked>();
  const found = lists.map(toShares);
  for (const { places } of found) for (const [key, place] of places) sums.set(key, { ...place, score: 0 });
  for (const [key, sum] of sums) {
    for (const { shares, missing, weight } of found) sum.score += weight * (shares.get(key) ?? missing);
  }
  return Array.from(sums.values()).toSorted((a, b) => b.score - a.score);
}

/** A chunk's place as a key of maps. */
export function placeKey({ document, version, number }: ChunkPlace): string {
  return `${number} ${version} ${document}`;
}

function toShares({ hits, weight, zero, isCut }: RankedList) {
  const best = hits[0]?.score ?? 0;
  const lowest = hits.at(-1)?.score ?? 0;
  const nothing = zero(lowest);
  const share = (score: number) => (best > nothing ? (score - nothing) / (best - nothing) : 1);
  return {
    places: hits.map(({ document, version, number }) => {
      const place = { document, version, number };
      return [placeKey(place), place] as const;
    }),
    shares: new Map(hits.map((hit) => [placeKey(hit), share(hit.score)])),
    missing: isCut && hits.length > 0 ? share(lowest) : 0,
    weight,
  };
}
