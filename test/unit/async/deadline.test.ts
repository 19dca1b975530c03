import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAfterResponse } from '../../../lib/async/after-response.ts';
import { startDeadline } from '../../../lib/async/deadline.ts';
import { within } from '../../../lib/async/within.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const forever = () => new Promise<never>(() => {});

describe('a deadline', () => {
  it('aborts when its time is over, and says that it was time', () => {
    using deadline = startDeadline(100);
    vi.advanceTimersByTime(99);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect([deadline.expired(), (deadline.signal.reason as Error).name]).toEqual([true, 'TimeoutError']);
  });

  it("takes its parent's abort on, also one that came before, and does not call it time", () => {
    const parent = new AbortController();
    using deadline = startDeadline(100, parent.signal);
    const reason = new Error('left');
    parent.abort(reason);
    vi.advanceTimersByTime(200);
    expect([deadline.signal.reason, deadline.expired()]).toEqual([reason, false]);
    using late = startDeadline(100, parent.signal);
    expect(late.signal.reason).toBe(reason);
  });

  it('that is disposed leaves neither timer nor listener', () => {
    const parent = new AbortController();
    {
      using deadline = startDeadline(100, parent.signal);
      expect(deadline.expired()).toBe(false);
    }
    expect(vi.getTimerCount()).toBe(0);
    const remove = vi.spyOn(parent.signal, 'removeEventListener');
    startDeadline(1, parent.signal)[Symbol.dispose]();
    expect(remove).toHaveBeenCalledOnce();
  });
});

describe('within', () => {
  const never = new AbortController().signal;

  it('rejects when the time is over, though the work takes no notice', async () => {
    const work = vi.fn<(signal: AbortSignal) => Promise<never>>(forever);
    const failure = within(50, never, work).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(50);
    expect(await failure).toMatchObject({ name: 'TimeoutError' });
    expect(work.mock.calls[0]![0].aborted).toBe(true);
  });

  it('rejects when its parent aborts, and leaves no timer', async () => {
    const parent = new AbortController();
    const result = within(50, parent.signal, forever);
    parent.abort(new Error('left'));
    await expect(result).rejects.toThrow('left');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not begin once its parent has aborted', async () => {
    const work = vi.fn<() => Promise<never>>(forever);
    await expect(within(50, AbortSignal.abort(new Error('left')), work)).rejects.toThrow('left');
    expect(work).not.toHaveBeenCalled();
  });
});

describe('work after the response', () => {
  it('begins at settle, all at once, and a failure stops no other', async () => {
    const errors: unknown[] = [];
    const after = createAfterResponse((error) => errors.push(error));
    const begun: string[] = [];
    const gate = Promise.withResolvers<void>();
    after.add(async () => {
      begun.push('a');
    });
    after.add(async () => {
      begun.push('b');
      throw new Error('b failed');
    });
    after.add(async () => {
      begun.push('c');
      await gate.promise;
      begun.push('c ended');
    });
    expect(begun).toEqual([]);
    const settled = after.settle(100);
    expect(begun).toEqual(['a', 'b', 'c']);
    gate.resolve();
    await settled;
    expect([begun.at(-1), errors]).toMatchObject(['c ended', [{ message: 'b failed' }]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for what is tracked, without interest in its failure', async () => {
    const errors: unknown[] = [];
    const after = createAfterResponse((error) => errors.push(error));
    const tracked = Promise.withResolvers<void>();
    after.track(tracked.promise);
    let isSettled = false;
    const settled = after.settle(100).then(() => {
      isSettled = true;
    });
    await vi.advanceTimersByTimeAsync(50);
    expect(isSettled).toBe(false);
    tracked.reject(new Error('lost race'));
    await settled;
    expect(errors).toEqual([]);
  });

  it('ends at its limit, aborts what still runs, and tells', async () => {
    const errors: unknown[] = [];
    const after = createAfterResponse((error) => errors.push(error));
    const signals: AbortSignal[] = [];
    after.add((signal) => {
      signals.push(signal);
      return forever();
    });
    const settled = after.settle(100);
    await vi.advanceTimersByTimeAsync(100);
    await settled;
    expect([signals[0]!.aborted, errors]).toMatchObject([true, [{ name: 'TimeoutError' }]]);
  });

  it('that throws before it is a promise is a failure like any other', async () => {
    const errors: unknown[] = [];
    const after = createAfterResponse((error) => errors.push(error));
    after.add(() => {
      throw new Error('at once');
    });
    await after.settle(100);
    expect(errors).toMatchObject([{ message: 'at once' }]);
  });

  it('is done once', async () => {
    const after = createAfterResponse(() => {});
    const work = vi.fn<() => Promise<void>>(async () => {});
    after.add(work);
    await after.settle(100);
    await after.settle(100);
    expect(work).toHaveBeenCalledOnce();
  });
});
