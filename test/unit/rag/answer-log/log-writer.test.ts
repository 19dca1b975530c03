import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLogWriter } from '../../../../lib/rag/answer-log/log-writer.ts';
import type { LoggedPart, StreamEvent } from '../../../../lib/rag/ports/answer-log.ts';
import { createFakeLog } from '../../../fakes/answer-log.ts';
import { createCalls } from '../../../fakes/calls.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const key = { tenant: 'acme', id: 'f00d' };
const done: StreamEvent = {
  ...{ type: 'done', finishReason: 'stop', citations: [], usage: { promptTokens: 1, completionTokens: 1 } },
  ...{ servedBy: 'm', degraded: [], timing: { steps: {}, firstTokenMs: 1, totalMs: 1 } },
};
const kilobyte = 'x'.repeat(1_024);

async function startWriter() {
  const calls = createCalls();
  const log = createFakeLog(calls);
  const failures: unknown[] = [];
  const { signal } = new AbortController();
  const begin = () =>
    startLogWriter(log, key, { collection: 'main', maker: 'one' }, (error) => failures.push(error));
  let id = 0;
  return {
    ...{ calls, log, failures, begin },
    /** Hands over events and lets the writes that they start end. */
    take: async (writer: ReturnType<typeof begin>, ...events: (string | StreamEvent)[]) => {
      for (const event of events) {
        id += 1;
        writer.take({ id, event: typeof event === 'string' ? { type: 'delta', text: event } : event });
      }
      await vi.advanceTimersByTimeAsync(0);
    },
    end: (writer: ReturnType<typeof begin>) => writer.end(signal),
    /** Ids of the events of each part, in the order of the writes. */
    parts: () =>
      calls.of('log.append').map(({ input }) => {
        const { first, events } = (input as { part: LoggedPart }).part;
        return events.map((_, n) => first + n);
      }),
    /** What a reader of the log has in the end. */
    texts: async () => {
      const { parts } = await log.read(key, 0, { signal });
      const known = new Map(
        parts.flatMap(({ first, events }) => events.map((event, n) => [first + n, event])),
      );
      return Array.from(known.values(), (event) => (event.type === 'delta' ? event.text : event.type));
    },
  };
}

describe('a log is written', () => {
  it('at once with its head, so that a stop finds it', async () => {
    const { begin, calls } = await startWriter();
    begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.all.map(({ name }) => name)).toEqual(['log.open']);
  });

  it('every four kilobytes', async () => {
    const { begin, take, parts, end } = await startWriter();
    const writer = begin();
    for (let n = 0; n < 10; n += 1) await take(writer, kilobyte);
    await take(writer, done);
    expect(parts()).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    await end(writer);
    expect(parts().at(-1)).toEqual([9, 10, 11]);
  });

  it('every two seconds', async () => {
    const { begin, take, parts } = await startWriter();
    const writer = begin();
    await take(writer, 'a', 'b');
    await vi.advanceTimersByTimeAsync(1_999);
    expect(parts()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await take(writer, 'c');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(parts()).toEqual([[1, 2], [3]]);
  });

  it('with a sign of life where there is nothing else', async () => {
    const { begin, take, calls, log } = await startWriter();
    const writer = begin();
    await take(writer, 'a');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls.of('log.append')).toHaveLength(1);
    expect(log.entries.get('acme f00d')?.beats).toBe(4);
  });

  it('to its end, even where the reader of the stream does not take it', async () => {
    const { begin, take, parts, end } = await startWriter();
    const writer = begin();
    await take(writer, 'a', done);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(parts()).toEqual([[1, 2]]);
    await end(writer);
    expect(parts()).toEqual([[1, 2]]);
  });
});

describe('a log that is slow', () => {
  it('gets one write at a time, each with all that came meanwhile', async () => {
    const { begin, take, calls, parts, end, texts } = await startWriter();
    const writer = begin();
    await vi.advanceTimersByTimeAsync(0);
    const held = calls.hold('log.append');
    for (let n = 0; n < 20; n += 1) await take(writer, kilobyte);
    expect(parts()).toEqual([[1, 2, 3, 4]]);
    held.release();
    calls.before('log.append', undefined);
    await vi.advanceTimersByTimeAsync(0);
    await take(writer, 'last', done);
    expect(parts()[1]).toEqual(Array.from({ length: 17 }, (_, n) => n + 5));
    await end(writer);
    expect(await texts()).toEqual([...Array(20).fill(kilobyte), 'last', 'done']);
  });

  it('loses a write that takes two seconds to a bigger one', async () => {
    const { begin, take, calls, parts, failures, texts } = await startWriter();
    const writer = begin();
    await vi.advanceTimersByTimeAsync(0);
    calls.hold('log.append');
    await take(writer, kilobyte, kilobyte, kilobyte, kilobyte, 'a');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(calls.open()).toEqual([]);
    calls.before('log.append', undefined);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(parts()).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5],
    ]);
    expect(await texts()).toEqual([...Array(4).fill(kilobyte), 'a']);
    expect(failures).toHaveLength(1);
  });

  it('does not hold up the end', async () => {
    const { begin, take, calls, end, texts, failures } = await startWriter();
    const writer = begin();
    await vi.advanceTimersByTimeAsync(0);
    calls.hold('log.append');
    await take(writer, kilobyte, kilobyte, kilobyte, kilobyte, 'a', done);
    const [slow] = calls.of('log.append');
    calls.before('log.append', undefined);
    await end(writer);
    expect(slow?.signal.aborted).toBe(true);
    expect(await texts()).toEqual([...Array(4).fill(kilobyte), 'a', 'done']);
    expect(failures).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a log that fails', () => {
  it('is tried again with the next part or after two seconds, and told of once', async () => {
    const { begin, take, calls, parts, failures, end, texts } = await startWriter();
    const writer = begin();
    await vi.advanceTimersByTimeAsync(0);
    calls.before('log.append', () => Promise.reject(new Error('throttled')));
    await take(writer, ...Array(4).fill(kilobyte));
    // Not with each event, though there is enough to write.
    for (let n = 0; n < 3; n += 1) await take(writer, 'a');
    expect(parts()).toHaveLength(1);
    await take(writer, ...Array(4).fill(kilobyte));
    expect(parts()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(parts()).toHaveLength(3);
    calls.before('log.append', undefined);
    await take(writer, done);
    await end(writer);
    expect(await texts()).toHaveLength(12);
    expect(failures).toMatchObject([{ message: 'throttled' }]);
  });

  it('is begun later, if it could not be at first', async () => {
    const { begin, take, calls, end, texts } = await startWriter();
    calls.before('log.open', () => Promise.reject(new Error('throttled')));
    const writer = begin();
    await take(writer, 'a');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(calls.of('log.append')).toEqual([]);
    calls.before('log.open', undefined);
    await take(writer, done);
    await end(writer);
    expect(await texts()).toEqual(['a', 'done']);
  });

  it('is given up when it is a hundred kilobytes behind: no memory, no writes, no timer', async () => {
    const { begin, take, calls, end, failures } = await startWriter();
    calls.before('log.open', () => Promise.reject(new Error('throttled')));
    const writer = begin();
    for (let n = 0; n < 300; n += 1) await take(writer, kilobyte);
    const tries = calls.all.length;
    expect(tries).toBeLessThan(30);
    await vi.advanceTimersByTimeAsync(60_000);
    await end(writer);
    expect(calls.all).toHaveLength(tries);
    expect(vi.getTimerCount()).toBe(0);
    expect(failures).toHaveLength(1);
  });
});
