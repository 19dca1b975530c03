import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { delay } from '../../../lib/async/delay.ts';
import { retry, type RetryPolicy } from '../../../lib/async/retry.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const policy: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 100,
  maxDelayMs: 1_000,
  isRetryable: (error) => (error as Error).message !== 'final',
  retryAfterMs: (error) => (error as { afterMs?: number }).afterMs,
};
const never = () => new AbortController().signal;

/** Fails with these errors, then succeeds. */
function failing(...errors: Error[]) {
  return vi.fn<() => Promise<string>>(async () => {
    const error = errors.shift();
    if (error) throw error;
    return 'done';
  });
}

describe('retry', () => {
  it('waits twice as long each time, at most as chance has it', async () => {
    const call = failing(new Error('1'), new Error('2'), new Error('3'));
    const result = retry(call, policy, { signal: never(), random: () => 0.5 });
    for (const [waitMs, calls] of [
      [50, 2],
      [100, 3],
      [200, 4],
    ] as const) {
      await vi.advanceTimersByTimeAsync(waitMs - 1);
      expect(call).toHaveBeenCalledTimes(calls - 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(call).toHaveBeenCalledTimes(calls);
    }
    expect(await result).toBe('done');
  });

  it('throws the last failure when the calls are used up', async () => {
    const call = failing(...['1', '2', '3', '4', '5'].map((name) => new Error(name)));
    const failure = retry(call, policy, { signal: never() }).catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(await failure).toMatchObject({ message: '4' });
    expect(call).toHaveBeenCalledTimes(4);
  });

  it.each([new Error('final'), Object.assign(new Error('later'), { afterMs: 1_001 })])(
    'does not call again after %s',
    async (error) => {
      const call = failing(error);
      await expect(retry(call, policy, { signal: never() })).rejects.toBe(error);
      expect(call).toHaveBeenCalledTimes(1);
    },
  );

  it('waits as long as it was asked to', async () => {
    const call = failing(Object.assign(new Error('later'), { afterMs: 900 }));
    const result = retry(call, policy, { signal: never(), random: () => 0 });
    await vi.advanceTimersByTimeAsync(899);
    expect(call).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toBe('done');
  });

  it('ends with the reason at once when it is aborted during a wait, and leaves no timer', async () => {
    const caller = new AbortController();
    const call = failing(new Error('1'));
    const result = retry(call, policy, { signal: caller.signal, random: () => 1 });
    await vi.advanceTimersByTimeAsync(10);
    const reason = new Error('left');
    caller.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(call).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes a failure during an abort for the abort', async () => {
    const caller = new AbortController();
    const reason = new Error('left');
    const call = async () => {
      caller.abort(reason);
      throw new TypeError('terminated');
    };
    await expect(retry(call, policy, { signal: caller.signal })).rejects.toBe(reason);
  });
});

describe('delay', () => {
  it('rejects at once with a signal that has aborted, whatever it was aborted with', async () => {
    await expect(delay(5, { signal: AbortSignal.abort('plain words') })).rejects.toMatchObject({
      name: 'AbortError',
      message: 'plain words',
    });
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const remove = vi.spyOn(signal, 'removeEventListener');
    const waiting = delay(5, { signal });
    await vi.advanceTimersByTimeAsync(5);
    await waiting;
    expect(remove).toHaveBeenCalledOnce();
  });
});
