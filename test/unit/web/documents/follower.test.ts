import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFollower, type Look } from '../../../../web/documents/follower.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(
  ids: readonly string[] = ['a.md'],
  answer: (from: string) => Look = () => ({ hasNews: false }),
) {
  const state = { ids, isVisible: true };
  const look = vi.fn<(from: string, signal: AbortSignal) => Promise<Look>>(async (from) => answer(from));
  const follower = createFollower({ underWay: () => state.ids, look, isVisible: () => state.isVisible });
  return { state, look, follower };
}

it('waits longer with every look without news, up to ten seconds', async () => {
  const { look, follower } = open();
  const times: number[] = [];
  look.mockImplementation(async () => {
    times.push(Date.now());
    return { hasNews: false };
  });
  follower.wake();
  await vi.advanceTimersByTimeAsync(120_000);
  const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(waits.slice(0, 3)).toEqual([1_200, 1_800, 2_700]);
  expect(Math.max(...waits)).toBe(10_000);
});

it('looks often while there is news', async () => {
  const { look, follower } = open(['a.md'], () => ({ hasNews: true }));
  follower.wake();
  await vi.advanceTimersByTimeAsync(8_000);
  expect(look).toHaveBeenCalledTimes(10);
});

it('looks at nothing when nothing is under way, and begins when something is', async () => {
  const { state, look, follower } = open([]);
  follower.wake();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(look).not.toHaveBeenCalled();
  state.ids = ['a.md'];
  follower.wake();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(look).toHaveBeenCalledTimes(1);
  state.ids = [];
  await vi.advanceTimersByTimeAsync(60_000);
  expect(look).toHaveBeenCalledTimes(1);
});

it('rests while nobody sees the page', async () => {
  const { state, look, follower } = open();
  state.isVisible = false;
  follower.wake();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(look).not.toHaveBeenCalled();
  state.isVisible = true;
  follower.wake();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(look).toHaveBeenCalledTimes(1);
});

it('goes round where one look does not reach to the end', async () => {
  const { look, follower } = open(['c.md', 'a.md', 'b.md'], (from) =>
    from === 'a.md' ? { hasNews: true, upTo: 'b.md' } : { hasNews: true },
  );
  follower.wake();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(look.mock.calls.map(([from]) => from)).toEqual(['a.md', 'c.md', 'a.md']);
});

it('leaves the server alone for as long as it asks, whoever wakes it', async () => {
  const { look, follower } = open(['a.md'], () => ({ hasNews: false, atLeastMs: 30_000 }));
  follower.wake();
  await vi.advanceTimersByTimeAsync(1_000);
  follower.wake();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(look).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(look).toHaveBeenCalledTimes(2);
});

it('looks one at a time, however often it is woken', async () => {
  const { look, follower } = open();
  const { promise, resolve } = Promise.withResolvers<Look>();
  look.mockReturnValueOnce(promise);
  for (let turn = 0; turn < 20; turn += 1) {
    follower.wake();
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(look).toHaveBeenCalledTimes(1);
  resolve({ hasNews: false });
  await vi.advanceTimersByTimeAsync(1_200);
  expect(look).toHaveBeenCalledTimes(2);
});

it('ends by the signal when it is stopped', async () => {
  const { look, follower } = open();
  const { promise, resolve } = Promise.withResolvers<Look>();
  look.mockReturnValueOnce(promise);
  follower.wake();
  await vi.advanceTimersByTimeAsync(1_000);
  follower.stop();
  expect(look.mock.calls[0]?.[1].aborted).toBe(true);
  resolve({ hasNews: true });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(look).toHaveBeenCalledTimes(1);
});

it('gives up on what has not moved for twenty minutes', async () => {
  const { look, follower } = open();
  follower.wake();
  await vi.advanceTimersByTimeAsync(25 * 60_000);
  const looks = look.mock.calls.length;
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(look).toHaveBeenCalledTimes(looks);
  expect(looks).toBeGreaterThan(100);
});
