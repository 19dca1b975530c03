import { expect, it } from 'vitest';
import { inSeconds, placeOf, toTimeline } from '../../../../web/chat/timeline.ts';

const timing = {
  steps: { search: [50, 80], embed: [0, 50], keyword: [0, 60], generate: [80, 200] },
  firstTokenMs: 90,
  totalMs: 200,
} as const;
const mutable = structuredClone(timing) as Parameters<typeof toTimeline>[0];

it('orders steps as they began, and compares their sum with the whole', () => {
  const { bars, sumMs, totalMs, isFaster } = toTimeline(mutable, []);
  expect(bars.map(({ step }) => step)).toEqual(['embed', 'keyword', 'search', 'generate']);
  expect({ sumMs, totalMs, isFaster }).toEqual({ sumMs: 260, totalMs: 200, isFaster: true });
  expect(toTimeline(mutable, []).scaleMs).toBe(260);
});

it('does not claim to be faster where nothing ran beside anything', () => {
  const { isFaster } = toTimeline({ steps: { cache: [0, 5] }, firstTokenMs: 5, totalMs: 5 }, []);
  expect(isFaster).toBe(false);
});

it('marks steps that were gone without', () => {
  const { bars } = toTimeline(mutable, ['keyword', 'rerank']);
  expect(bars.filter(({ isDegraded }) => isDegraded).map(({ step }) => step)).toEqual(['keyword']);
});

it.each([
  [[50, 100], 200, { from: 0.25, width: 0.25 }],
  [[100, 300], 200, { from: 0.5, width: 0.5 }],
  [[0, 0], 0, { from: 0, width: 0 }],
] as const)('places a bar of %j within %i ms', ([startMs, endMs], totalMs, place) => {
  expect(placeOf({ startMs, endMs }, totalMs)).toEqual(place);
});

it.each([
  [0.42, '0.4 ms'],
  [9.96, '10 ms'],
  [52.3, '52 ms'],
  [99.6, '0.10 s'],
  [1_163.5, '1.16 s'],
  [12_345, '12.3 s'],
])('says %d ms as %s', (ms, words) => {
  expect(inSeconds(ms)).toBe(words);
});
