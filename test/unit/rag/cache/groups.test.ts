import { expect, it } from 'vitest';
import { withOneGroup } from '../../../../lib/rag/cache/groups.ts';

/** Who has the same group as whom, by the place of the first that has it. */
const joined = (...members: string[]) => {
  const groups = withOneGroup(members.map((names) => ({ groups: names.split(' ') }))).map(
    ({ group }) => group,
  );
  return groups.map((group) => groups.indexOf(group));
};

it('answers of one group have it, others have their own', () => {
  expect(joined('a', 'b', 'a')).toEqual([0, 1, 0]);
  expect(withOneGroup([{ groups: ['a'] }, { groups: ['b', 'c'] }])).toEqual([
    { groups: ['a'], group: 'a' },
    { groups: ['b', 'c'], group: 'b' },
  ]);
});

it('one answer that says the same as two groups does not make them one: the comparison may have erred', () => {
  expect(joined('a', 'b', 'a b')).toEqual([0, 1, 0]);
});

it('two such answers do, wherever they stand and whichever group they name first', () => {
  expect(joined('a', 'b', 'a b', 'b a')).toEqual([0, 0, 0, 0]);
  expect(joined('b a c', 'a', 'b', 'c', 'a b')).toEqual([0, 0, 0, 3, 0]);
});

it('so does a chain of them', () => {
  expect(joined('a', 'a b', 'a b', 'b c', 'c b', 'c', 'd')).toEqual([0, 0, 0, 0, 0, 0, 6]);
  expect(joined('a b', 'b a', 'c d', 'd c')).toEqual([0, 0, 2, 2]);
  expect(joined('a b', 'a b', 'c d', 'd c', 'd a', 'a d')).toEqual([0, 0, 0, 0, 0, 0]);
});
