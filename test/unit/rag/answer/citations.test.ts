import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCitationChecker } from '../../../../lib/rag/answer/citations.ts';

/** The text that comes out for text that comes in these pieces, and what it cites. */
function check(pieces: readonly string[], sourceCount: number): { text: string; cited: number[] } {
  const checker = createCitationChecker(sourceCount);
  const text = pieces.map((piece) => checker.push(piece)).join('') + checker.flush();
  return { text, cited: checker.cited() };
}

/** A text cut at the places that the numbers stand for. */
function cutAt(text: string, places: readonly number[]): string[] {
  const cuts = [
    0,
    ...places.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b),
    text.length,
  ];
  return cuts.slice(1).map((end, at) => text.slice(cuts[at], end));
}

const fragment = fc.oneof(
  fc.constantFrom(
    '[',
    ']',
    ', ',
    ',',
    ' ',
    '\n',
    '[1]',
    '[2, 3]',
    '[9]',
    '[0]',
    'items[0]',
    'f()[12]',
    '[[1]]',
  ),
  fc
    .array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 24 })
    .map((all) => `[${all.join(', ')}]`),
  fc.integer({ min: 0, max: 99_999 }).map(String),
  fc.string({ maxLength: 5, unit: 'grapheme' }),
);
const answer = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''));

describe('citation markers', () => {
  it('come out the same wherever the text is cut', () => {
    fc.assert(
      fc.property(
        answer,
        fc.array(fc.nat(), { maxLength: 30 }),
        fc.integer({ min: 0, max: 20 }),
        (text, places, n) => {
          expect(check(cutAt(text, places), n)).toEqual(check([text], n));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('come out the same letter by letter', () => {
    fc.assert(
      fc.property(answer, (text) => {
        expect(check(text.split(''), 8)).toEqual(check([text], 8));
      }),
    );
  });

  it('of the context are all that is cited', () => {
    fc.assert(
      fc.property(answer, fc.integer({ min: 0, max: 20 }), (text, n) => {
        const { cited } = check([text], n);
        expect(cited.every((number) => number >= 1 && number <= n)).toBe(true);
        expect(cited).toEqual([...new Set(cited)].toSorted((a, b) => a - b));
      }),
    );
  });

  it.each([
    ['The door is red [1].', 'The door is red [1].', [1]],
    ['Red [3, 1], old [2].', 'Red [3, 1], old [2].', [1, 2, 3]],
    ['Red[2].', 'Red[2].', [2]],
    ['Red [7].', 'Red .', []],
    ['Red [0] and [1, 9].', 'Red  and [1].', [1]],
    ['items[0] and f(x)[0] stay', 'items[0] and f(x)[0] stay', []],
    ['a list [ ] and [x] and [1a]', 'a list [ ] and [x] and [1a]', []],
    ['an open end [1', 'an open end [1', []],
    [
      'All [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20].',
      'All [1, 2, 3].',
      [1, 2, 3],
    ],
  ])('%j becomes %j', (text, shown, cited) => {
    expect(check([text], 3)).toEqual({ text: shown, cited });
    expect(check(text.split(''), 3)).toEqual({ text: shown, cited });
  });

  it('hold back no more than a marker can be long', () => {
    const checker = createCitationChecker(3);
    expect(checker.push(`[${'1, '.repeat(1_000)}`)).not.toBe('');
  });
});
