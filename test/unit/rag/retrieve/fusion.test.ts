import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse, type Ranked, type RankedList } from '../../../../lib/rag/retrieve/fusion.ts';

const weight = 0.5;
const zero = () => 0;

function list(scores: Record<string, number>, more: Partial<RankedList> = {}): RankedList {
  const hits = Object.entries(scores)
    .map(([document, score]) => ({ document, version: 'v', number: 0, score }))
    .toSorted((a, b) => b.score - a.score);
  return { hits, weight, zero, isCut: false, ...more };
}

const order = (ranked: readonly Ranked[]) => ranked.map(({ document }) => document);
const scoreOf = (ranked: readonly Ranked[], document: string) =>
  ranked.find((one) => one.document === document)!.score;

/** A list of some of eight documents, each with a score. */
const lists = fc
  .record({
    scores: fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
    ),
    isCut: fc.boolean(),
  })
  .map(({ scores, isCut }) => list(scores, { isCut }));

describe('fuse', () => {
  it('adds the shares of the best score by weight', () => {
    const fused = fuse([list({ a: 10, b: 5, c: 2 }), list({ b: 0.8, c: 0.4 })]);
    expect(order(fused)).toEqual(['b', 'a', 'c']);
    expect(fused.map(({ score }) => score)).toEqual([0.75, 0.5, 0.35]);
  });

  it('sees how far apart scores are, which ranks do not', () => {
    const near = fuse([list({ a: 100, b: 99 }), list({ b: 0.9, a: 0.5 })]);
    const far = fuse([list({ a: 100, b: 10 }), list({ b: 0.9, a: 0.5 })]);
    expect([order(near), order(far)]).toEqual([
      ['b', 'a'],
      ['a', 'b'],
    ]);
  });

  it('measures from the zero that a list has', () => {
    const zero = (lowest: number) => lowest - 1;
    const [a, b] = fuse([list({ a: 9, b: 7 }, { zero, weight: 1 })]);
    expect([a!.score, b!.score]).toEqual([1, 1 / 3]);
  });

  it('takes what is missing from a list that was cut for its last, and for nothing where all was found', () => {
    const other = list({ x: 1 });
    expect(scoreOf(fuse([list({ a: 10, b: 6 }, { isCut: true }), other]), 'x')).toBeCloseTo(0.8);
    expect(scoreOf(fuse([list({ a: 10, b: 6 }), other]), 'x')).toBe(0.5);
  });

  it('keeps what the only search with a hit found first, though it is the only one', () => {
    const nearest = list({ a: 0.61, b: 0.6, c: 0.59 }, { isCut: true, zero: (lowest) => lowest / 2 });
    expect(order(fuse([nearest, list({ exact: 3 })])).slice(0, 2)).toEqual(['exact', 'a']);
  });

  it('takes hits of one score for equally good', () => {
    const fused = fuse([list({ a: -0.2, b: -0.2 }, { zero: (lowest) => lowest }), list({})]);
    expect(fused.map(({ score }) => score)).toEqual([0.5, 0.5]);
  });

  it('tells chunks of one document and versions apart', () => {
    const hit = { document: 'a', version: 'v1', number: 1, score: 1 };
    const hits = [hit, { ...hit, version: 'v2' }, { ...hit, number: 2 }];
    expect(fuse([{ hits, weight, zero, isCut: false }])).toHaveLength(3);
  });

  it('finds nothing in nothing', () => {
    expect(fuse([list({}), list({}, { isCut: true })])).toEqual([]);
  });

  it('gives each chunk of any list once, with 0 to 1, best first', () => {
    fc.assert(
      fc.property(lists, lists, (one, two) => {
        const fused = fuse([one, two]);
        const all = new Set([...one.hits, ...two.hits].map(({ document }) => document));
        expect(new Set(order(fused))).toEqual(all);
        expect(fused).toHaveLength(all.size);
        const scores = fused.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        for (const score of scores) expect(score >= 0 && score <= 1 + 1e-9).toBe(true);
      }),
    );
  });

  it('never puts a chunk before one that both lists prefer', () => {
    fc.assert(
      fc.property(lists, lists, (one, two) => {
        const fused = fuse([one, two]);
        const at = ({ hits }: RankedList, document: string, otherwise: number) =>
          hits.find((hit) => hit.document === document)?.score ?? otherwise;
        const isPreferred = (a: string, b: string) =>
          [one, two].every((list) => at(list, a, -1) >= at(list, b, 0));
        const wrong = fused.flatMap((before, index) =>
          fused
            .slice(index + 1)
            .filter((after) => after.score < before.score - 1e-9)
            .filter((after) => isPreferred(after.document, before.document)),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('does not depend on the unit of a search whose zero is 0', () => {
    fc.assert(
      fc.property(lists, lists, fc.integer({ min: 1, max: 1_000 }), (one, two, unit) => {
        const inUnit = { ...two, hits: two.hits.map((hit) => ({ ...hit, score: hit.score * unit })) };
        const scores = new Map(fuse([one, two]).map(({ document, score }) => [document, score]));
        for (const { document, score } of fuse([one, inUnit]))
          expect(score).toBeCloseTo(scores.get(document)!, 9);
      }),
    );
  });

  it('puts the order of one list through where the other found nothing', () => {
    fc.assert(
      fc.property(lists, (one) => {
        expect(order(fuse([one, list({})]))).toEqual(one.hits.map(({ document }) => document));
      }),
    );
  });
});
