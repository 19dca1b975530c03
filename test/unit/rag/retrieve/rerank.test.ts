import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import type { Reranker } from '../../../../lib/rag/ports/models.ts';
import { rerankHits } from '../../../../lib/rag/retrieve/rerank.ts';
import type { Hit } from '../../../../lib/rag/types.ts';
import { createCalls } from '../../../fakes/calls.ts';
import { startFakeRun } from '../../../fakes/run.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** As many hits, in the order of search. */
function found(count: number): Hit[] {
  return Array.from({ length: count }, (_, number) => ({
    ...{ document: 'd', version: 'v', number, title: 'Title', headings: ['Part'], text: `text ${number}` },
    score: 1 - number / 100,
  }));
}

function start(scores: (texts: readonly string[]) => number[]) {
  const calls = createCalls();
  const reranker: Reranker = {
    rerank: (query, texts, { signal }) => calls.take('rerank', { query, texts }, signal, () => scores(texts)),
  };
  const { run, caller } = startFakeRun();
  const rerank = (hits: readonly Hit[]) => rerankHits(reranker, run, 'why?', hits, run.signal);
  return { calls, run, caller, rerank };
}

const numbers = (hits: readonly Hit[]) => hits.map(({ number }) => number);
const last = (texts: readonly string[]) => texts.map((_, index) => index);

it('orders the hits by the model’s scores, read under their title and headings', async () => {
  const { calls, run, rerank } = start(() => [0.1, 0.9, 0.1, 0.5]);
  const ranked = await rerank(found(4));
  expect(ranked.map(({ number, score }) => [number, score])).toEqual([
    [1, 0.9],
    [3, 0.5],
    [0, 0.1],
    [2, 0.1],
  ]);
  expect(calls.of('rerank')[0]!.input).toMatchObject({ query: 'why?', texts: { 0: 'Title > Part\ntext 0' } });
  expect([Object.keys(run.timeline.timing().steps), run.degraded.size]).toEqual([['rerank'], 0]);
});

it('sends fifty at most and leaves the rest behind them', async () => {
  const { calls, rerank } = start(last);
  const ranked = numbers(await rerank(found(60)));
  expect((calls.of('rerank')[0]!.input as { texts: string[] }).texts).toHaveLength(50);
  expect([ranked.slice(0, 2), ranked.slice(49, 52)]).toEqual([
    [49, 48],
    [0, 50, 51],
  ]);
});

it('asks nobody where there is no model, or nothing to order', async () => {
  const { calls, run, rerank } = start(last);
  const hits = found(3);
  expect(await rerankHits(undefined, run, 'why?', hits, run.signal)).toBe(hits);
  expect(numbers(await rerank(found(1)))).toEqual([0]);
  expect([calls.all, run.timeline.timing().steps]).toEqual([[], {}]);
});

it('keeps the order of search when the model fails, and says so', async () => {
  const { calls, run, rerank } = start(last);
  calls.before('rerank', () => Promise.reject(new RagError('model_unavailable', 'No model.')));
  const hits = found(3);
  expect(await rerank(hits)).toEqual(hits);
  expect(Array.from(run.degraded)).toEqual(['rerank']);
});

it('keeps it after 400 ms, and ends the call', async () => {
  const { calls, run, rerank } = start(last);
  calls.hold('rerank');
  const ranked = rerank(found(3));
  const { signal } = await calls.made('rerank');
  await vi.advanceTimersByTimeAsync(399);
  expect(signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(signal.aborted).toBe(true);
  expect(numbers(await ranked)).toEqual([0, 1, 2]);
  expect(Array.from(run.degraded)).toEqual(['rerank']);
});

it('ends with the caller', async () => {
  const { calls, run, caller, rerank } = start(last);
  calls.hold('rerank');
  const ranked = rerank(found(3));
  const reason = new Error('left');
  caller.abort(reason);
  await expect(ranked).rejects.toBe(reason);
  expect(run.degraded.size).toBe(0);
});
