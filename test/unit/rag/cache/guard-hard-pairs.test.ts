import { describe, expect, it } from 'vitest';
import { readHardSet, readTopics, type Part } from '../../../../eval/cache/hard-pairs.ts';
import { refusal } from '../../../../lib/rag/cache/guard.ts';

const parts: Part[] = ['seen', 'unseen'];

describe.each(parts)('the %s hard pairs', (part) => {
  it('are the same each time, and differ in ten kinds of ways', async () => {
    const { differing } = await readHardSet(part);
    expect(await readHardSet(part)).toEqual(expect.objectContaining({ differing }));
    const counts = Map.groupBy(differing, ({ kind }) => kind);
    expect(counts.size).toBe(10);
    expect(new Set(Array.from(counts.values(), (pairs) => pairs.length)).size).toBe(1);
    expect(differing.filter(({ isReworded }) => isReworded).length / differing.length).toBeCloseTo(0.5, 1);
  });

  it('share an answer in 2 % of the cases at most, and paraphrases in 85 % at least', async () => {
    const { differing, same } = await readHardSet(part);
    const passed = differing.filter(({ asked, cached }) => refusal(asked, cached) === undefined);
    const refused = same.filter(({ asked, cached }) => refusal(asked, cached) !== undefined);
    expect(passed.length / differing.length).toBeLessThanOrEqual(0.02);
    expect(refused.length / same.length).toBeLessThanOrEqual(0.15);
  });
});

it('a third is unseen, and shares no wording, no swap and no paraphrase with the rest', async () => {
  const [seen, unseen] = await Promise.all(parts.map(readTopics));
  const textsOf = ({ topics, paraphrases }: Awaited<ReturnType<typeof readTopics>>) => [
    ...topics.flatMap(({ wordings, swaps }) => [
      ...wordings,
      ...swaps.map((swap) => swap.toSorted().join(' | ')),
    ]),
    ...paraphrases.flat(),
  ];
  const known = new Set(seen && textsOf(seen));
  expect(unseen && textsOf(unseen).filter((text) => known.has(text))).toEqual([]);
  const [more, less] = await Promise.all(parts.map(readHardSet));
  expect(less?.differing.length).toBe((more?.differing.length ?? 0) / 2);
});
