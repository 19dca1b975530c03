import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withHeartbeat } from '../../../lib/async/heartbeat.ts';
import { started } from '../../../lib/async/started.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A source that the test feeds, and what became of it. */
function feed<T>() {
  const waiting: PromiseWithResolvers<T | undefined>[] = [Promise.withResolvers()];
  const ended = vi.fn<() => void>();
  async function* source(): AsyncGenerator<T, void> {
    try {
      for (;;) {
        const value = await waiting.at(-1)!.promise;
        if (value === undefined) return;
        waiting.push(Promise.withResolvers());
        yield value;
      }
    } finally {
      ended();
    }
  }
  return {
    ended,
    source: source(),
    push: (value: T) => waiting.at(-1)!.resolve(value),
    end: () => waiting.at(-1)!.resolve(undefined),
    fail: (error: Error) => waiting.at(-1)!.reject(error),
  };
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe('withHeartbeat', () => {
  it('beats only while nothing comes', async () => {
    const { source, push, end } = feed<string>();
    const items = all(withHeartbeat(source, 15_000, () => 'beat'));
    await vi.advanceTimersByTimeAsync(14_999);
    push('a');
    await vi.advanceTimersByTimeAsync(30_000);
    push('b');
    end();
    await vi.advanceTimersByTimeAsync(1);
    end();
    expect(await items).toEqual(['a', 'beat', 'beat', 'b']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('throws what its source throws, and leaves no timer', async () => {
    const { source, fail } = feed<string>();
    const failure = all(withHeartbeat(source, 15_000, () => 'beat')).catch((error: unknown) => error);
    fail(new Error('broken'));
    expect(await failure).toMatchObject({ message: 'broken' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends its source when it is ended early', async () => {
    const { source, push, ended } = feed<string>();
    const beating = withHeartbeat(source, 15_000, () => 'beat');
    push('a');
    await beating.next();
    await beating.return();
    expect(ended).toHaveBeenCalledOnce();
  });
});

describe('started', () => {
  it('throws what happens before the first item', async () => {
    const { source, fail } = feed<string>();
    const failure = started(source, 5_000).catch((error: unknown) => error);
    fail(new Error('broken'));
    expect(await failure).toMatchObject({ message: 'broken' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives all items back, the first included', async () => {
    const { source, push, end } = feed<string>();
    push('a');
    const items = all(await started(source, 5_000));
    await vi.advanceTimersByTimeAsync(0);
    push('b');
    await vi.advanceTimersByTimeAsync(0);
    end();
    expect(await items).toEqual(['a', 'b']);
  });

  it('waits no longer than it may, and then throws in the iteration', async () => {
    const { source, fail } = feed<string>();
    const starting = started(source, 5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    const rest = await starting;
    const failure = all(rest).catch((error: unknown) => error);
    fail(new Error('late'));
    expect(await failure).toMatchObject({ message: 'late' });
  });

  it('ends its source when it is ended early', async () => {
    const { source, push, ended } = feed<string>();
    push('a');
    const rest = await started(source, 5_000);
    await rest.next();
    await rest.return();
    expect(ended).toHaveBeenCalledOnce();
  });

  it('of an empty source is empty', async () => {
    const { source, end } = feed<string>();
    end();
    expect(await all(await started(source, 5_000))).toEqual([]);
  });
});
