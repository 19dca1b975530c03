import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createSharedStreams, type SharedReader } from '../../../lib/async/shared-stream.ts';
import { feed } from './shared-stream-source.ts';

const stays = { signal: new AbortController().signal };

function scene(maxEvents = 100) {
  const streams = createSharedStreams<string>({ maxEvents });
  const source = feed<string>();
  const join = (options = stays) => streams.join('question', options, source.start);
  return { streams, source, join };
}

async function* untidy(): AsyncGenerator<string, void> {
  try {
    yield 'a';
  } finally {
    // oxlint-disable-next-line no-unsafe-finally -- What is tested is a clean-up that fails.
    throw new Error('untidy');
  }
}

async function all<T>(reader: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of reader) items.push(item);
  return items;
}

/** What comes next, if it has come. */
async function soon<T>(promise: Promise<T>): Promise<T | 'waits'> {
  return Promise.race([promise, nextTurn('waits' as const)]);
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('readers of one stream', () => {
  it('get all events, whenever they joined, from one source; only the first started it', async () => {
    const { source, join } = scene();
    const first = join();
    source.push('a');
    source.push('b');
    expect(await first.next()).toEqual({ done: false, value: 'a' });
    const second = join();
    expect(await first.next()).toEqual({ done: false, value: 'b' });
    const third = join();
    const rest = [all(first), all(second), all(third)];
    source.push('c');
    source.end();
    expect(await Promise.all(rest)).toEqual([['c'], ['a', 'b', 'c'], ['a', 'b', 'c']]);
    expect([first, second, third].map((reader) => reader.isFirst)).toEqual([true, false, false]);
    expect(source.started).toBe(1);
  });

  it('share nothing with those of another key', async () => {
    const { streams, source, join } = scene();
    const other = feed<string>();
    const one = join();
    const two = streams.join('another', stays, other.start);
    source.push('a');
    other.push('b');
    expect(two.isFirst).toBe(true);
    expect([await one.next(), await two.next()]).toMatchObject([{ value: 'a' }, { value: 'b' }]);
  });

  it('pull an event only when the fastest of them wants it, and do not wait for the slowest', async () => {
    const { source, join } = scene();
    const fast = join();
    const slow = join();
    expect(source.pulled).toBe(0);
    for (const value of ['a', 'b', 'c', 'd']) source.push(value);
    for (const value of ['a', 'b', 'c']) expect(await fast.next()).toMatchObject({ value });
    expect(await slow.next()).toMatchObject({ value: 'a' });
    await nextTurn();
    expect(source.pulled).toBe(3);
  });

  it('get their events in order when they ask for several at once', async () => {
    const { source, join } = scene();
    const reader = join();
    const asked = Promise.all([reader.next(), reader.next(), reader.next()]);
    source.push('a');
    source.push('b');
    source.end();
    expect((await asked).map((result) => result.value)).toEqual(['a', 'b', undefined]);
  });
});

describe('a reader that leaves', () => {
  it('does not disturb the others, even if it was the first', async () => {
    const { source, join } = scene();
    const first = join();
    const second = join();
    const waiting = second.next();
    await first.return();
    expect(await first.next()).toEqual({ done: true, value: undefined });
    expect(source.signal.aborted).toBe(false);
    source.push('a');
    source.end();
    expect(await waiting).toMatchObject({ value: 'a' });
    expect(await all(second)).toEqual([]);
    expect(source.signal.aborted).toBe(false);
  });

  it('gets the end at once, even while it waits', async () => {
    const { join } = scene();
    const leaving = join();
    join();
    const waiting = leaving.next();
    await leaving.return();
    expect(await soon(waiting)).toEqual({ done: true, value: undefined });
  });

  it('as the last one ends the source, waits for its clean-up and frees the key', async () => {
    const { source, join } = scene();
    const readers = [join(), join()] as const;
    const waiting = Promise.all(readers.map((reader) => reader.next()));
    await readers[0].return();
    const ending = readers[1].return();
    expect(source.signal.reason).toMatchObject({ name: 'AbortError' });
    const next = join();
    expect(next.isFirst).toBe(true);
    await ending;
    expect(source.ended).toBe(true);
    expect((await waiting).map((result) => result.done)).toEqual([true, true]);
    // What is left of the old stream does not free the key of the new one.
    expect(join().isFirst).toBe(false);
  });

  it('before anybody read ends a source that never ran', async () => {
    const { source, join } = scene();
    await join().return();
    expect(source.signal.aborted).toBe(true);
    expect(source.pulled).toBe(0);
    expect(join().isFirst).toBe(true);
  });

  it('twice is one reader less and no more', async () => {
    const { source, join } = scene();
    const leaving = join();
    const staying = join();
    await leaving.return();
    await leaving.return();
    source.push('a');
    expect(await staying.next()).toMatchObject({ value: 'a' });
    expect(source.signal.aborted).toBe(false);
  });

  it('learns what the clean-up threw that it waited for', async () => {
    const streams = createSharedStreams<string>({ maxEvents: 100 });
    const reader = streams.join('question', stays, untidy);
    await reader.next();
    expect(await failureOf(reader.return())).toMatchObject({ message: 'untidy' });
  });
});

describe("a reader's signal", () => {
  it('ends its wait with its own reason, at once, and nobody else', async () => {
    const { source, join } = scene();
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = [join(one), join(two), join()].map((reader) => reader.next());
    one.abort(new Error('one is tired'));
    two.abort('two is tired');
    expect(await failureOf(waiting[0]!)).toMatchObject({ message: 'one is tired' });
    expect(await failureOf(waiting[1]!)).toMatchObject({ name: 'AbortError', message: 'two is tired' });
    source.push('a');
    expect(await waiting[2]).toMatchObject({ value: 'a' });
  });

  it('counts while it does not wait, too', async () => {
    const { source, join } = scene();
    const controller = new AbortController();
    const reader = join(controller);
    source.push('a');
    await reader.next();
    controller.abort(new Error('tired'));
    expect(source.signal.aborted).toBe(true);
    expect(await failureOf(reader.next())).toMatchObject({ message: 'tired' });
    await reader.return();
    expect(source.ended).toBe(true);
  });

  it('is not heard after the end', async () => {
    const { source, join } = scene();
    const controller = new AbortController();
    const reader = join(controller);
    source.end();
    expect(await all(reader)).toEqual([]);
    controller.abort();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(source.signal.aborted).toBe(false);
  });

  it('is let go of when the reader leaves', async () => {
    const { join } = scene();
    const controller = new AbortController();
    const reader = join(controller);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    await reader.return();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('that ends a source whose clean-up fails is no unhandled rejection', async () => {
    // Vitest fails the run on one.
    const streams = createSharedStreams<string>({ maxEvents: 100 });
    const controller = new AbortController();
    const reader = streams.join('question', controller, untidy);
    await reader.next();
    controller.abort(new Error('tired'));
    await nextTurn();
    expect(await failureOf(reader.next())).toMatchObject({ message: 'tired' });
  });

  it('that has aborted already joins nothing', () => {
    const { source, join } = scene();
    const signal = AbortSignal.abort(new Error('gone'));
    expect(() => join({ signal })).toThrow('gone');
    expect(source.started).toBe(0);
    expect(join().isFirst).toBe(true);
  });
});

describe('the end of the source', () => {
  it('frees the key before anybody hears of it, and slower readers still get the rest', async () => {
    const { source, join } = scene();
    const fast = join();
    const slow = join();
    source.push('a');
    source.end();
    expect(await all(fast)).toEqual(['a']);
    const anew = join();
    expect(anew.isFirst).toBe(true);
    expect(await all(slow)).toEqual(['a']);
    await slow.return();
    // The readers of the old one have all left; those of the new one are still there.
    expect(join().isFirst).toBe(false);
    expect(source.started).toBe(2);
  });

  it('as a failure comes to each reader after the events before it', async () => {
    const { source, join } = scene();
    const fast = join();
    const slow = join();
    source.push('a');
    source.fail(new Error('broken'));
    expect(await fast.next()).toMatchObject({ value: 'a' });
    expect(await failureOf(fast.next())).toMatchObject({ message: 'broken' });
    expect(join().isFirst).toBe(true);
    expect(await fast.next()).toEqual({ done: true, value: undefined });
    expect(await slow.next()).toMatchObject({ value: 'a' });
    expect(await failureOf(slow.next())).toMatchObject({ message: 'broken' });
  });

  it('that nobody waits for any more is no unhandled rejection', async () => {
    // Vitest fails the run on one.
    const { source, join } = scene();
    const [controller, other] = [new AbortController(), new AbortController()];
    const waiting = [join(controller).next(), join(other).next()];
    controller.abort(new Error('tired'));
    source.fail(new Error('broken'));
    other.abort(new Error('tired'));
    expect(await Promise.all(waiting.map(failureOf))).toMatchObject([
      { message: 'tired' },
      { message: 'tired' },
    ]);
    await nextTurn();
    expect(join().isFirst).toBe(true);
  });
});

describe('a stream longer than the bound', () => {
  it('takes no more readers; the next one starts another, which others join', async () => {
    const { source, join } = scene(2);
    const first = join();
    for (const value of ['a', 'b', 'c']) source.push(value);
    await first.next();
    await first.next();
    const second = join();
    expect(second.isFirst).toBe(false);
    await first.next();
    const late = join();
    expect(late.isFirst).toBe(true);
    expect(join().isFirst).toBe(false);
    source.end();
    expect(await Promise.all([all(first), all(second), all(late)])).toEqual([
      [],
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  });

  it('keeps only what a reader has not read yet', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const streams = createSharedStreams<{ number: number }>({ maxEvents: 3 });
    const seen: WeakRef<object>[] = [];
    const read = async (reader: SharedReader<{ number: number }>, count: number) => {
      for (let n = 0; n < count; n += 1) await reader.next();
    };
    const start = async function* endless() {
      for (let number = 0; ; number += 1) {
        const event = { number };
        seen.push(new WeakRef(event));
        yield event;
      }
    };
    const fast = streams.join('question', stays, start);
    const slow = streams.join('question', stays, start);
    await read(fast, 20);
    await read(slow, 10);
    await nextTurn();
    collect();
    const kept = seen.map((event) => event.deref()).filter((event) => event !== undefined);
    expect(kept).toHaveLength(seen.length - 10);
    await Promise.all([fast.return(), slow.return()]);
  });
});
