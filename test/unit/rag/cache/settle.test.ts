import { expect, it } from 'vitest';
import { toCachedAnswer, type MadeAnswer } from '../../../../lib/rag/cache/settle.ts';
import type { StepName } from '../../../../lib/rag/types.ts';

const live: MadeAnswer['live'] = { text: 'Red [1].', finishReason: 'stop', citations: [1] };

/** Whether an answer that the model gave is worth keeping. */
function isKept(end: Partial<MadeAnswer['live']> = {}, ...degraded: StepName[]): boolean {
  const made: MadeAnswer = {
    live: { ...live, ...end },
    prepared: { sources: [], versions: {} },
    ...{ servedBy: 'm', isStandIn: false, startedAt: '2026-11-01T00:00:00.000Z' },
    ...{ vector: Promise.resolve(new Float32Array()), degraded: new Set(degraded) },
  };
  return toCachedAnswer(made) !== undefined;
}

it('an answer is kept that is whole and cites, and one that declines', () => {
  expect(isKept()).toBe(true);
  expect(isKept({ finishReason: 'declined', citations: [] })).toBe(true);
  expect(isKept({ citations: [] })).toBe(false);
  expect(isKept({ finishReason: 'length' })).toBe(false);
  expect(isKept({ finishReason: 'stopped' })).toBe(false);
});

it('none is kept that had to go without what would have made it better', () => {
  for (const step of ['condense', 'keyword', 'rerank'] as const) expect(isKept({}, step)).toBe(false);
  expect(isKept({}, 'cache', 'documents')).toBe(true);
});
