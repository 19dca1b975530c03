import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createResumeAnswer } from '../../../../lib/rag/answer-log/resume-answer.ts';
import type { NumberedEvent, StreamEvent } from '../../../../lib/rag/ports/answer-log.ts';
import { createFakeLog } from '../../../fakes/answer-log.ts';
import { createCalls } from '../../../fakes/calls.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const options = { signal: new AbortController().signal };
const key = { tenant: 'acme', id: 'f00d' };
const delta = (text: string): StreamEvent => ({ type: 'delta', text });
const failure: StreamEvent = { type: 'error', error: {}, usage: { promptTokens: 0, completionTokens: 0 } };

async function startLog() {
  const calls = createCalls();
  const log = createFakeLog(calls);
  await log.open(key, { collection: 'main', maker: 'one' }, options);
  const resume = createResumeAnswer(log);
  return {
    ...{ calls, log },
    append: (first: number, ...events: StreamEvent[]) => log.append(key, { first, events }, options),
    /** Reads on in the background. */
    follow: (after: number, signal = options.signal) => {
      const ids: number[] = [];
      const events: NumberedEvent[] = [];
      const ended = (async () => {
        for await (const event of resume(key, after, { signal })) {
          ids.push(event.id);
          events.push(event);
        }
      })();
      ended.catch(() => {});
      return { ids, events, ended };
    },
  };
}

describe('an answer is resumed', () => {
  it('with what was missed and then as it comes, each event once', async () => {
    const { append, follow } = await startLog();
    await append(1, delta('a'), delta('b'), delta('c'));
    const { ids, events, ended } = follow(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(ids).toEqual([3]);
    // A part that was written again with more.
    await append(2, delta('b'), delta('c'), delta('d'));
    await vi.advanceTimersByTimeAsync(250);
    expect(ids).toEqual([3, 4]);
    await append(5, failure);
    await vi.advanceTimersByTimeAsync(250);
    await ended;
    expect(ids).toEqual([3, 4, 5]);
    expect(events.map(({ event }) => event)).toEqual([delta('c'), delta('d'), failure]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([2, 3, 900])('to its end at once, where the caller knows all up to %i', async (after) => {
    const { append, follow, calls } = await startLog();
    await append(1, delta('a'), failure);
    const { ids, ended } = follow(after);
    await ended;
    expect(ids).toEqual([]);
    expect(calls.of('log.read')).toHaveLength(1);
  });

  it('for as long as its maker lives, however little it says', async () => {
    const { append, follow, log } = await startLog();
    const { ids, ended } = follow(0);
    for (let beat = 0; beat < 10; beat += 1) {
      await vi.advanceTimersByTimeAsync(9_000);
      await log.beat(key, options);
    }
    await append(1, failure);
    await vi.advanceTimersByTimeAsync(250);
    await ended;
    expect(ids).toEqual([1]);
  });

  it('and found to be dead when nothing is heard of its maker for ten seconds', async () => {
    const { append, follow } = await startLog();
    await append(1, delta('a'));
    const { ids, ended } = follow(0);
    await vi.advanceTimersByTimeAsync(9_900);
    await append(2, delta('b'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ids).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(ended).rejects.toMatchObject({ code: 'answer_cut', retryable: true });
  });

  it('until the caller has enough', async () => {
    const { follow, calls } = await startLog();
    const caller = new AbortController();
    const { ended } = follow(0, caller.signal);
    await vi.advanceTimersByTimeAsync(600);
    const reason = new Error('left');
    caller.abort(reason);
    await expect(ended).rejects.toBe(reason);
    expect([calls.open(), vi.getTimerCount()]).toEqual([[], 0]);
  });
});
