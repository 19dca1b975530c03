import { fuse, type Ranked, type RankedList } from '../lib/rag/retrieve/fusion.ts';
import { toRow } from './retrieval-figures.ts';
import { depths, type Retrieved } from './retrieve-queries.ts';

/** What a list becomes before its weighted scores are added up. */
type Normalise = (hits: readonly Ranked[]) => Pick<RankedList, 'hits' | 'zero'>;

/** Each score as its share of the way from zero to the best. */
const shareOfBest: Normalise = (hits) => ({ hits, zero: () => 0 });

/** The same from half of the lowest. */
const fromHalfOfLowest: Normalise = (hits) => ({
  hits,
  zero: (lowest) => (lowest > 0 ? lowest / 2 : lowest),
});

/** Each score as its share of the way from the lowest to the best. */
const minMax: Normalise = (hits) => ({ hits, zero: (lowest) => lowest });

/** Reciprocal ranks (https://doi.org/10.1145/1571941.1572114), with the usual constant. */
const byRank: Normalise = (hits) => ({
  hits: hits.map((hit, rank) => ({ ...hit, score: 1 / (60 + rank + 1) })),
  zero: () => 0,
});

interface Fusion {
  name: string;
  keyword: Normalise;
  dense: Normalise;
  /** Whether what is missing from a list counts as nothing and not as its lowest. */
  missingIsNothing?: boolean;
  /** What the similarities are made to look like before, as those of another model would. */
  similarity?: (cosine: number) => number;
}

const ours = { keyword: shareOfBest, dense: fromHalfOfLowest };
const shares = { keyword: shareOfBest, dense: shareOfBest };
const minMaxes = { keyword: minMax, dense: minMax };

/** A model whose similarities of anything to anything lie in a narrow band high up. */
const narrow = (cosine: number) => 0.7 + 0.3 * cosine;

const fusions: Fusion[] = [
  { name: 'ours', ...ours },
  { name: 'ours, missing is nothing', ...ours, missingIsNothing: true },
  { name: 'share of best', ...shares },
  { name: 'min-max', ...minMaxes },
  { name: 'reciprocal ranks', keyword: byRank, dense: byRank, missingIsNothing: true },
  { name: 'ours, narrow similarities', ...ours, similarity: narrow },
  { name: 'share of best, narrow similarities', ...shares, similarity: narrow },
  { name: 'min-max, narrow similarities', ...minMaxes, similarity: narrow },
];

const denseWeights = [0.4, 0.5, 0.6];

/** Rows for other ways to make one order of the two lists, at both depths and several weights of the vector search. */
export function fusionRows(retrieved: readonly Retrieved[]): string[][] {
  return [depths.all, depths.served].flatMap((depth) =>
    fusions.flatMap((fusion) =>
      denseWeights.map((denseWeight) =>
        toRow(`${fusion.name}: ${depth} of each, dense ${denseWeight}`, retrieved, (one) =>
          fuseBy(fusion, one, { depth, denseWeight }),
        ),
      ),
    ),
  );
}

function fuseBy(
  { keyword, dense, missingIsNothing = false, similarity = (cosine) => cosine }: Fusion,
  retrieved: Retrieved,
  { depth, denseWeight }: { depth: number; denseWeight: number },
): Ranked[] {
  const nearest = retrieved.dense.slice(0, depth).map((hit) => ({ ...hit, score: similarity(hit.score) }));
  const matching = retrieved.keyword.slice(0, depth);
  const isCut = (hits: readonly Ranked[]) => !missingIsNothing && hits.length === depth;
  return fuse([
    { ...dense(nearest), weight: denseWeight, isCut: isCut(nearest) },
    { ...keyword(matching), weight: 1 - denseWeight, isCut: isCut(matching) },
  ]);
}
