import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  cellCount,
  cellOf,
  observe,
  readCounts,
  type Observation,
} from '../../../../lib/rag/cache/thresholds-counts.ts';
import { createRandom } from '../../../../eval/cache/random.ts';

const observation: fc.Arbitrary<Observation> = fc.record({
  nearness: fc.option(
    fc.record({
      similarity: fc.constant(0.9),
      agreement: fc.double({ min: 0, max: 1, noNaN: true }),
      isReworded: fc.boolean(),
    }),
    { nil: undefined },
  ),
  questions: fc.constantFrom(0, 1, 10),
  isRight: fc.boolean(),
});

it('whatever is observed, the counters stay few, whole and small enough for one item', () => {
  fc.assert(
    fc.property(fc.array(observation, { minLength: 1, maxLength: 30 }), fc.nat(), (observations, seed) => {
      const random = createRandom(seed);
      const counters: Record<string, number> = {};
      for (let round = 0; round < 6_000; round += 1)
        add(counters, observe(counters, observations[round % observations.length]!, random));
      const counts = readCounts(counters);
      const known = counts.cells.reduce((sum, { right, wrong }) => sum + right + wrong, 0);
      expect(counts.asked).toBeLessThanOrEqual(1_000);
      expect(known).toBeLessThanOrEqual(4_000);
      expect(Object.values(counters).every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
      expect(JSON.stringify(counters).length).toBeLessThan(4_000);
    }),
    { numRuns: 10 },
  );
});

it('the newest observations displace random older ones', () => {
  const random = createRandom(1);
  const counters: Record<string, number> = {};
  const nearness = { similarity: 0.9, agreement: 0.9 };
  const repeat = (times: number, isRight: boolean) => {
    for (let round = 0; round < times; round += 1)
      add(counters, observe(counters, { nearness, questions: 1, isRight }, random));
  };
  repeat(5_000, true);
  repeat(4_000, false);
  const { cells } = readCounts(counters);
  const [right, wrong] = [
    cells.find((cell) => cell.right > 0)?.right ?? 0,
    cells.find((cell) => cell.wrong > 0)?.wrong ?? 0,
  ];
  expect(right + wrong).toBe(4_000);
  // After as many new ones as are remembered, 1/e of the old ones is left.
  expect(right / 4_000).toBeCloseTo(Math.exp(-1), 1);
});

it('two that take the same older one out do no harm', () => {
  expect(readCounts({ right20: -2, asked20: -1, askedElse: 5 })).toMatchObject({ asked: 5 });
  expect(readCounts({ right20: -2 }).cells.every(({ right }) => right === 0)).toBe(true);
});

it('an answer that could not be compared is only counted as asked for', () => {
  const nearness = { similarity: 0.9, agreement: 0.9 };
  expect(Object.values(observe({}, { nearness, questions: 1 }, Math.random))).toEqual([1]);
  expect(observe({}, { questions: 1 }, Math.random)).toEqual({ askedElse: 1 });
  expect(Object.keys(observe({}, { nearness, questions: 0, isRight: true }, Math.random))).toEqual([
    expect.stringMatching(/^right/),
  ]);
});

function add(counters: Record<string, number>, increments: Readonly<Record<string, number>>): void {
  for (const [name, by] of Object.entries(increments)) counters[name] = (counters[name] ?? 0) + by;
}

it('what is reworded is counted in cells of its own', () => {
  const nearness = { similarity: 0.9, agreement: 0.9 };
  const cells = [nearness, { ...nearness, isReworded: true }].map(cellOf);
  expect(cells[1]).toBe(cells[0]! + cellCount);
  const counters = observe(
    {},
    { nearness: { ...nearness, isReworded: true }, questions: 1, isRight: true },
    () => 0,
  );
  expect(counters).toEqual({ [`asked${cells[1]}`]: 1, [`right${cells[1]}`]: 1 });
  expect(readCounts(counters).cells[cells[1]!]).toEqual({ asked: 1, right: 1, wrong: 0 });
});
