import { expect, it } from 'vitest';
import { impactOf, postingsOf, weightOf } from '../../../../lib/rag/retrieve/bm25.ts';

const { signal } = new AbortController();
const passage = (number: number, text: string) => ({ number, title: '', headings: [], text });

it('an impact is a byte that grows with the count, ever slower, and shrinks with the length', () => {
  const counts = [1, 2, 3, 4].map((count) => impactOf(count, 120));
  expect(counts).toEqual([116, 159, 182, 196]);
  expect(impactOf(1, 240)).toBeLessThan(impactOf(1, 120));
  expect([impactOf(1, 1_000_000), impactOf(1_000_000, 1)]).toEqual([1, 255]);
});

it('a rare term weighs more than a common one, and one that all hold a little', () => {
  const weights = [1, 10, 1_000].map((holding) => weightOf({ holding, all: 1_000 }));
  expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  expect(weights.at(-1)).toBeGreaterThan(0);
});

it('every term has its postings, the heaviest first', async () => {
  const postings = await postingsOf([passage(7, 'salt and bread and rye'), passage(8, 'salt, salt')], signal);
  expect(Array.from(postings.keys()).toSorted()).toEqual(['bread', 'rye', 'salt']);
  expect(postings.get('salt')).toEqual([
    { number: 8, impact: impactOf(2, 2) },
    { number: 7, impact: impactOf(1, 3) },
  ]);
});

it('a long document leaves others their turn, and its signal ends it', async () => {
  const passages = Array.from({ length: 2_000 }, (_, number) => passage(number, `salt and bread ${number}`));
  let turns = 0;
  const others = setInterval(() => (turns += 1), 0);
  await postingsOf(passages, signal);
  clearInterval(others);
  expect(turns).toBeGreaterThan(3);
  const end = new AbortController();
  const ended = postingsOf(passages, end.signal);
  end.abort(new Error('left'));
  await expect(ended).rejects.toThrow('left');
});
