import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseContext, toSources } from '../../../../lib/rag/retrieve/context.ts';
import type { Hit } from '../../../../lib/rag/types.ts';

/** A text of its own for every seed: no two share a run of words. */
function prose(seed: number | string, words = 40): string {
  return Array.from({ length: words }, (_, index) => `w${seed}x${index}`).join(' ');
}

function hit(document: string, number: number, more: Partial<Hit> = {}): Hit {
  const text = prose(`${document}${number}`);
  return { document, version: 'v1', number, title: document, headings: [], text, score: 1, ...more };
}

/** Hits in the order of search: each scores less than the one before. */
function ranked(...hits: Hit[]): Hit[] {
  return hits.map((each, index) => ({ ...each, score: 1 - index / 100 }));
}

const nothing = new Map<string, string | undefined>();
const places = (hits: readonly Hit[]) => hits.map((each) => [each.document, each.number, each.lastNumber]);

describe('neighbours', () => {
  it('become one source in their order, at the place and with the score of the best', () => {
    const hits = ranked(hit('a', 5), hit('b', 1), hit('a', 4), hit('a', 6));
    const chosen = chooseContext(hits, nothing, 8);
    expect(places(chosen)).toEqual([
      ['a', 4, 6],
      ['b', 1, undefined],
    ]);
    expect(chosen[0]).toMatchObject({
      text: [4, 5, 6].map((number) => prose(`a${number}`)).join('\n\n'),
      score: 1,
    });
    expect(toSources(chosen, new Map())).toMatchObject([
      { n: 1, chunk: 4, lastChunk: 6 },
      { n: 2, chunk: 1 },
    ]);
    expect(toSources(chosen, new Map())[1]).not.toHaveProperty('lastChunk');
  });

  it('close the gap between two sources, which then count as one', () => {
    const hits = ranked(hit('b', 3), hit('a', 1), hit('c', 0), hit('a', 3), hit('a', 2), hit('d', 0));
    expect(places(chooseContext(hits, nothing, 4))).toEqual([
      ['b', 3, undefined],
      ['a', 1, 3],
      ['c', 0, undefined],
      ['d', 0, undefined],
    ]);
  });

  it.each([
    ['another version', { version: 'v2' }],
    ['another page', { page: 2 }],
    ['another heading', { headings: ['Other'] }],
    ['another document', { document: 'b' }],
  ])('of %s stay apart', (_, more) => {
    expect(chooseContext(ranked(hit('a', 0), hit('a', 1, more)), nothing, 8)).toHaveLength(2);
  });

  it('are no more than four to a source', () => {
    const hits = ranked(...[0, 1, 2, 3, 4, 5].map((number) => hit('a', number)));
    expect(places(chooseContext(hits, nothing, 8))).toEqual([
      ['a', 0, 3],
      ['a', 4, 5],
    ]);
  });

  it('leave room for other sources, and are as good as those', () => {
    const hits = ranked(hit('a', 0), hit('a', 1), hit('b', 0), hit('b', 1), hit('c', 0), hit('a', 2));
    expect(places(chooseContext(hits, nothing, 2))).toEqual([
      ['a', 0, 1],
      ['b', 0, 1],
    ]);
  });
});

describe('what is said twice', () => {
  const text = prose('same', 60);

  it.each([
    ['in another document', text],
    ['in other case, punctuation and white space', text.toUpperCase().replaceAll(' ', ',\n ')],
    ['with a word more', `${text} indeed`],
  ])('is read once, in the better place: %s', (_, again) => {
    const hits = ranked(hit('a', 0, { text }), hit('b', 9, { text: again }), hit('c', 0));
    expect(places(chooseContext(hits, nothing, 2)).map(([document]) => document)).toEqual(['a', 'c']);
  });

  it.each([
    ['a number', 'answers are kept for 24 hours', 'answers are kept for 48 hours'],
    ['an identifier', 'the code E1234 means so', 'the code E4321 means so'],
    ['a negation', 'this is safe to do', 'this is not safe to do'],
    ['a contraction', 'this does work', "this doesn't work"],
  ])('is not said twice if it differs in %s', (_, one, other) => {
    // Nearly all runs of words are the same, so that the one word alone decides.
    const filler = Array.from(
      { length: 80 },
      (_, index) => ` ${'abcdefghij'[index % 10]}${'klmnopqr'[index % 8]}`,
    ).join('');
    const hits = ranked(hit('a', 0, { text: one + filler }), hit('b', 0, { text: other + filler }));
    expect(chooseContext(hits, nothing, 8)).toHaveLength(2);
  });

  it('differs under another heading where it is short', () => {
    const text = 'Run the installer and restart.';
    const hits = ranked(
      hit('a', 0, { text, headings: ['Linux'] }),
      hit('a', 7, { text, headings: ['Windows'] }),
    );
    expect(chooseContext(hits, nothing, 8)).toHaveLength(2);
  });

  it('is seen in a script without spaces too', () => {
    const text = '公司的年度报告说明了所有部门在过去一年中的收入支出以及主要项目的进展情况和未来计划。';
    const hits = ranked(hit('a', 0, { text }), hit('b', 0, { text: text.replace('。', '!') }));
    expect(chooseContext(hits, nothing, 8)).toHaveLength(1);
    const other = '仓库里的苹果每天早上由工人检查一次并且记录温度湿度以便安排下一周的运输和销售工作。';
    expect(
      chooseContext(ranked(hit('a', 0, { text }), hit('b', 0, { text: other })), nothing, 8),
    ).toHaveLength(2);
  });

  it('is not what merely has no words', () => {
    expect(
      chooseContext(ranked(hit('a', 0, { text: '—' }), hit('b', 0, { text: '…' })), nothing, 8),
    ).toHaveLength(2);
  });
});

describe('the token budget', () => {
  it('is kept, and what is smaller and fits is taken', () => {
    const large = (document: string) => hit(document, 0, { text: prose(document, 2_000) });
    const chosen = chooseContext(ranked(large('a'), large('b'), large('c'), hit('d', 0)), nothing, 8);
    expect(chosen.map(({ document }) => document)).toEqual(['a', 'd']);
  });

  it('counts a character of a script without spaces as a token', () => {
    const dense = (seed: number) =>
      Array.from({ length: 2_500 }, (_, index) =>
        String.fromCodePoint(0x4e00 + ((index * 7 + seed) % 9_000)),
      ).join('');
    const hits = ranked(...[1, 2_500, 5_003].map((seed) => hit(`d${seed}`, 0, { text: dense(seed) })));
    expect(chooseContext(hits, nothing, 8)).toHaveLength(2);
  });
});

it('what is known to be out of date is left out and takes nobody’s place', () => {
  const known = new Map([
    ['a', 'v2'],
    ['gone', undefined],
  ]);
  const old = hit('a', 0);
  const hits = ranked(old, hit('gone', 0), { ...old, version: 'v2' }, hit('new', 0));
  expect(chooseContext(hits, known, 8).map(({ document, version }) => [document, version])).toEqual([
    ['a', 'v2'],
    ['new', 'v1'],
  ]);
});

it('whatever was found: at most topK sources, every passage once, best first, spans without gaps', () => {
  const found = fc.uniqueArray(
    fc.record({ document: fc.constantFrom('a', 'b', 'c'), number: fc.nat(12), page: fc.constantFrom(1, 2) }),
    { selector: ({ document, number }) => `${document} ${number}`, minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(found, fc.integer({ min: 1, max: 20 }), (found, topK) => {
      const hits = ranked(...found.map(({ document, number, page }) => hit(document, number, { page })));
      const chosen = chooseContext(hits, nothing, topK);
      expect(chosen.length).toBeLessThanOrEqual(topK);
      expect(chosen[0]?.score).toBe(hits[0]?.score);
      const numbers = chosen.flatMap(({ document, number, lastNumber = number }) =>
        Array.from({ length: lastNumber - number + 1 }, (_, index) => `${document}${number + index}`),
      );
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(
        chosen
          .map(({ text }) => text)
          .join('\n\n')
          .split('\n\n'),
      ).toEqual(numbers.map((place) => prose(place)));
      expect(chosen.map(({ score }) => score)).toEqual(
        chosen.map(({ score }) => score).toSorted((a, b) => b - a),
      );
    }),
    { numRuns: 300 },
  );
});
