import { expect, it } from 'vitest';
import { noveltyRise, observeNovelty } from '../../../../lib/rag/cache/thresholds-novelty.ts';
import { createRandom } from './random.ts';

const random = createRandom(1);

function asked(counters: Record<string, number>, isNew: boolean, times: number): Record<string, number> {
  const after = { ...counters };
  for (let time = 0; time < times; time += 1) {
    const increments: Record<string, number> = {};
    observeNovelty(after, increments, { isNew, questions: 1 }, random);
    for (const [name, by] of Object.entries(increments)) after[name] = (after[name] ?? 0) + by;
  }
  return after;
}

/** So many questions, every twentieth of them new. */
function usual(rounds: number): Record<string, number> {
  let counters: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1) counters = asked(asked(counters, true, 1), false, 19);
  return counters;
}

it('nothing has risen while nothing is known, nor where all is as it was, nor where less is new', () => {
  expect(noveltyRise({})).toBe(1);
  expect(noveltyRise(usual(100))).toBeLessThan(1.7);
  expect(noveltyRise(asked(usual(100), false, 400))).toBe(1);
});

it('more that is new is seen within two hundred questions, and is the usual in the end', () => {
  const before = usual(200);
  let after = before;
  for (let round = 0; round < 50; round += 1) after = asked(asked(after, true, 1), false, 2);
  const risen = noveltyRise(after);
  // From one in twenty to one in three the odds rise tenfold; what is presumed besides takes some of it away.
  expect(risen).toBeGreaterThan(2.5);
  for (let round = 0; round < 4_000; round += 1) after = asked(asked(after, true, 1), false, 2);
  expect(noveltyRise(after)).toBeLessThan(risen / 1.8);
});

it('counts stay within their windows, and not below nothing', () => {
  const counters = asked({ lateNew: -1 }, false, 5_000);
  expect((counters['lateNew'] ?? 0) + counters['lateKnown']!).toBeLessThanOrEqual(200);
  expect(counters['allKnown']).toBe(4_000);
});
