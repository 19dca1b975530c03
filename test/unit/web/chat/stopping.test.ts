import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStopper, endsWithinMs } from '../../../../web/chat/stopping.ts';
import { newTurn, type Turn } from '../../../../web/chat/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(stop: (id: string) => Promise<void> = async () => undefined) {
  const turn: Turn = newTurn('Why?');
  const controller = new AbortController();
  const parts = { stop: vi.fn(stop), giveUp: vi.fn(), signal: controller.signal };
  return { turn, controller, ...parts, stopper: createStopper(turn, parts) };
}

it('stops an answer on the server, once, and leaves its end to the stream', async () => {
  const { turn, stop, giveUp, stopper } = setUp();
  turn.answerId = 'a';
  stopper.request();
  stopper.noteChange();
  await vi.advanceTimersByTimeAsync(endsWithinMs - 1);
  turn.state = 'done';
  await vi.advanceTimersByTimeAsync(1);
  expect(stop.mock.calls).toEqual([['a']]);
  expect(giveUp).not.toHaveBeenCalled();
});

it('waits for the id of an answer that has none yet', () => {
  const { turn, stop, stopper } = setUp();
  stopper.noteChange();
  stopper.request();
  expect(turn.isStopping).toBe(true);
  expect(stop).not.toHaveBeenCalled();
  turn.answerId = 'a';
  stopper.noteChange();
  expect(stop).toHaveBeenCalledOnce();
});

it('gives up an answer that the server cannot stop, or does not end in time', async () => {
  const refusing = setUp(() => Promise.reject(new Error('not_found')));
  const slow = setUp();
  for (const { turn, stopper } of [refusing, slow]) {
    turn.answerId = 'a';
    stopper.request();
  }
  await vi.advanceTimersByTimeAsync(0);
  expect(refusing.giveUp).toHaveBeenCalledOnce();
  expect(slow.giveUp).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(endsWithinMs);
  expect(slow.giveUp).toHaveBeenCalledOnce();
});

it('does nothing more once nobody reads the answer', async () => {
  const { turn, controller, giveUp, stopper } = setUp();
  turn.answerId = 'a';
  stopper.request();
  controller.abort();
  await vi.runAllTimersAsync();
  expect(giveUp).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
