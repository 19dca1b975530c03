import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStop, endsWithinMs } from '../../../../web/chat/stopping.ts';
import { newTurn, type Turn } from '../../../../web/chat/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(stop: (id: string) => Promise<void> = async () => undefined) {
  const turn: Turn = { ...newTurn('Why?'), answerId: 'a' };
  const controller = new AbortController();
  const parts = { stop: vi.fn(stop), giveUp: vi.fn(), signal: controller.signal };
  return { turn, controller, ...parts, request: createStop(turn, parts) };
}

it('stops an answer on the server, once, and leaves its end to the stream', async () => {
  const { turn, stop, giveUp, request } = setUp();
  request();
  request();
  expect(turn.isStopping).toBe(true);
  await vi.advanceTimersByTimeAsync(endsWithinMs - 1);
  turn.state = 'done';
  await vi.advanceTimersByTimeAsync(1);
  expect(stop.mock.calls).toEqual([['a']]);
  expect(giveUp).not.toHaveBeenCalled();
});

it('gives up at once what has no id yet to stop it by', () => {
  const { turn, stop, giveUp, request } = setUp();
  delete turn.answerId;
  request();
  request();
  expect([giveUp.mock.calls.length, stop.mock.calls.length]).toEqual([1, 0]);
});

it('gives up an answer that the server cannot stop, or does not end in time', async () => {
  const refusing = setUp(() => Promise.reject(new Error('not_found')));
  const slow = setUp();
  for (const { request } of [refusing, slow]) request();
  await vi.advanceTimersByTimeAsync(0);
  expect(refusing.giveUp).toHaveBeenCalledOnce();
  expect(slow.giveUp).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(endsWithinMs);
  expect(slow.giveUp).toHaveBeenCalledOnce();
});

it('does nothing more once nobody reads the answer', async () => {
  const { controller, giveUp, request } = setUp();
  request();
  controller.abort();
  await vi.runAllTimersAsync();
  expect(giveUp).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
