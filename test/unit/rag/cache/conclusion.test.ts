import { expect, it } from 'vitest';
import { concludeFrom } from '../../../../lib/rag/cache/conclusion.ts';

const of = (group: string) => ({ group, similarity: 0.9, right: 0, wrong: 0 });
const compared = [of('a'), of('a'), of('b')];
const [candidate] = compared;

it('the candidate is right where the new answer says the same as any of its group', () => {
  const right = { isRight: true, group: 'a' };
  expect(concludeFrom(compared, candidate, [true, true, false])).toEqual(right);
  expect(concludeFrom(compared, candidate, [false, true, true])).toEqual(right);
  expect(concludeFrom(compared, candidate, [undefined, true, false])).toEqual(right);
});

it('else it is wrong, and the answer is of another group or of none', () => {
  expect(concludeFrom(compared, candidate, [false, false, true])).toEqual({
    isRight: false,
    group: 'b',
  });
  expect(concludeFrom(compared, candidate, [false, false, false])).toEqual({ isRight: false });
  expect(concludeFrom([], undefined, [])).toEqual({});
  expect(concludeFrom(compared, undefined, [false, false, true])).toEqual({ group: 'b' });
});

it('what is gone tells nothing', () => {
  expect(concludeFrom(compared, candidate, [undefined, false, false])).toEqual({});
  expect(concludeFrom(compared, candidate, [undefined, false, true])).toEqual({ group: 'b' });
  expect(concludeFrom(compared, candidate, [false, undefined, false])).toEqual({ isRight: false });
});
