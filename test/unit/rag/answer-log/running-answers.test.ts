import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRunningAnswers } from '../../../../lib/rag/answer-log/running-answers.ts';
import { createFakeLog } from '../../../fakes/answer-log.ts';
import { createCalls } from '../../../fakes/calls.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const options = { signal: new AbortController().signal };
const key = { tenant: 'acme', id: 'f00d' };

function startProcess() {
  const calls = createCalls();
  const log = createFakeLog(calls);
  const failures: unknown[] = [];
  const running = createRunningAnswers(log, (error) => failures.push(error));
  return { calls, log, failures, running };
}

describe('a process', () => {
  it('stops what it makes at once, and nothing else', async () => {
    const { running } = startProcess();
    const [stop, other] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const remove = running.add(key, 'main', stop);
    const removeOther = running.add({ ...key, tenant: 'other' }, 'main', other);
    expect(running.find(key)).toEqual({ collection: 'main', maker: running.maker });
    expect(running.stop({ ...key, id: 'beef' })).toBe(false);
    expect(running.stop(key)).toBe(true);
    expect([stop.mock.calls.length, other.mock.calls.length]).toEqual([1, 0]);
    await remove();
    expect([running.find(key), running.stop(key)]).toEqual([undefined, false]);
    await removeOther();
  });

  it('asks once a second for all that it makes, and only while it makes any', async () => {
    const { running, calls } = startProcess();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(calls.all).toEqual([]);
    const ends = Array.from({ length: 1_000 }, (_, n) =>
      running.add({ ...key, id: `${n}` }, 'main', () => {}),
    );
    await vi.advanceTimersByTimeAsync(3_000);
    expect(calls.of('log.stopsOf')).toHaveLength(3);
    await Promise.all(ends.slice(1).map((end) => end()));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls.of('log.stopsOf')).toHaveLength(4);
    await ends[0]!();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(calls.of('log.stopsOf')).toHaveLength(4);
    const again = running.add(key, 'main', () => {});
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls.of('log.stopsOf')).toHaveLength(5);
    await again();
  });

  it('hears of a stop from anywhere within a second', async () => {
    const { running, log } = startProcess();
    const stop = vi.fn<() => void>();
    const remove = running.add(key, 'main', stop);
    await log.sendStop(running.maker, { ...key, tenant: 'other' }, options);
    await log.sendStop('another', key, options);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stop).not.toHaveBeenCalled();
    await log.sendStop(running.maker, key, options);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stop).toHaveBeenCalled();
    await remove();
  });

  it('goes on asking when that fails or hangs, and tells it once', async () => {
    const { running, log, calls, failures } = startProcess();
    const stop = vi.fn<() => void>();
    const remove = running.add(key, 'main', stop);
    calls.before('log.stopsOf', () => Promise.reject(new Error('throttled')));
    await vi.advanceTimersByTimeAsync(2_000);
    calls.hold('log.stopsOf');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(failures).toMatchObject([{ message: 'throttled' }]);
    calls.before('log.stopsOf', undefined);
    await log.sendStop(running.maker, key, options);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stop).toHaveBeenCalled();
    await remove();
  });

  it('ends an asking that is under way with its last answer', async () => {
    const { running, calls, failures } = startProcess();
    const remove = running.add(key, 'main', () => {});
    calls.hold('log.stopsOf');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls.open()).toEqual(['log.stopsOf']);
    await remove();
    expect([calls.open(), failures, vi.getTimerCount()]).toEqual([[], [], 0]);
  });
});
