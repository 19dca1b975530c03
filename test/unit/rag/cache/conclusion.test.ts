import { expect, it } from 'vitest';
import { concludeFrom } from '../../../../lib/rag/cache/conclusion.ts';
import { withOneGroup } from '../../../../lib/rag/cache/groups.ts';

const near = (...groups: string[]) => ({ groups, similarity: 0.9, right: 0, wrong: 0 });
const compared = withOneGroup([near('a'), near('a'), near('b')]);
const [candidate] = compared;

it('the candidate is right where the new answer says the same as any of its group', () => {
  const right = { isRight: true, groups: ['a'] };
  expect(concludeFrom(compared, candidate, [true, true, false])).toEqual(right);
  expect(concludeFrom(compared, candidate, [false, true, false])).toEqual(right);
  expect(concludeFrom(compared, candidate, [undefined, true, false])).toEqual(right);
});

it('also where the two are of one group only by way of another answer', () => {
  const joined = withOneGroup([near('a'), near('b'), near('a', 'b'), near('b', 'a')]);
  const right = { isRight: true, groups: ['b'] };
  expect(concludeFrom(joined, joined[0], [false, true, false, false])).toEqual(right);
});

it('an answer that says the same as several groups belongs to each', () => {
  const both = { isRight: true, groups: ['a', 'b'] };
  expect(concludeFrom(compared, candidate, [false, true, true])).toEqual(both);
  expect(concludeFrom(compared, candidate, [true, true, true])).toEqual(both);
  const ofMany = withOneGroup([near('a', 'x', 'y'), near('b')]);
  expect(concludeFrom(ofMany, undefined, [true, true])).toEqual({ groups: ['a', 'b'] });
});

it('else it is wrong, and the answer is of another group or of none', () => {
  expect(concludeFrom(compared, candidate, [false, false, true])).toEqual({ isRight: false, groups: ['b'] });
  expect(concludeFrom(compared, candidate, [false, false, false])).toEqual({ isRight: false, groups: [] });
  expect(concludeFrom([], undefined, [])).toEqual({ groups: [] });
  expect(concludeFrom(compared, undefined, [false, false, true])).toEqual({ groups: ['b'] });
});

it('what is gone tells nothing', () => {
  expect(concludeFrom(compared, candidate, [undefined, false, false])).toEqual({ groups: [] });
  expect(concludeFrom(compared, candidate, [undefined, false, true])).toEqual({ groups: ['b'] });
  const wrong = { isRight: false, groups: [] };
  expect(concludeFrom(compared, candidate, [false, undefined, false])).toEqual(wrong);
});
