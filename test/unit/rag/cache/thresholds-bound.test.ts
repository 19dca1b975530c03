import { expect, it } from 'vitest';
import { noWrongs, upperBound, withWrongs } from '../../../../lib/rag/cache/thresholds-bound.ts';
import { createRandom } from '../../../../eval/cache/random.ts';

it('is the exact Poisson bound of one count', () => {
  // Upper limits of a Poisson mean, 99 %, as in tables (Garwood, 1936).
  for (const [count, limit] of [
    [0, 4.61],
    [1, 6.64],
    [4, 11.6],
    [20, 33.1],
  ] as const) {
    const bound = upperBound(withWrongs(noWrongs, count, 1 / 500));
    expect(bound * 500).toBeCloseTo(limit, 0);
    expect(Math.abs(bound * 500 - limit)).toBeLessThan(0.05);
  }
});

it('grows with what went wrong, and with the share that each stands for; of nothing it is 0', () => {
  expect(upperBound(noWrongs)).toBe(0);
  const some = withWrongs(noWrongs, 3, 0.001);
  expect(upperBound(withWrongs(some, 1, 0.001))).toBeGreaterThan(upperBound(some));
  expect(upperBound(withWrongs(some, 0, 0.01))).toBeGreaterThan(upperBound(withWrongs(some, 0, 0.005)));
  expect(upperBound(withWrongs(some, 0, 0.0005))).toBeCloseTo(upperBound(some), 10);
});

it('is above the truth 98 times in a hundred at least, however unlike the weights are', () => {
  const random = createRandom(1);
  const pools = [
    { share: 0.5, error: 0.004, observed: 1_500 },
    { share: 0.2, error: 0.02, observed: 400 },
    { share: 0.05, error: 0.2, observed: 40 },
  ];
  const truth = pools.reduce((sum, { share, error }) => sum + share * error, 0);
  let above = 0;
  for (let round = 0; round < 2_000; round += 1) {
    let wrongs = noWrongs;
    for (const { share, error, observed } of pools) {
      const seen = Array.from({ length: observed }, () => random() < error).filter(Boolean).length;
      wrongs = withWrongs(wrongs, seen, share / observed);
    }
    if (upperBound(wrongs) >= truth) above += 1;
  }
  expect(above / 2_000).toBeGreaterThan(0.98);
});
