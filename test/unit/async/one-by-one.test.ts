import { expect, it } from 'vitest';
import { createOneByOne } from '../../../lib/async/one-by-one.ts';

const { signal } = new AbortController();

it('works go one after another in the order they came, whether they succeed or fail', async () => {
  const lane = createOneByOne();
  const events: string[] = [];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = (name: string, gate?: Promise<void>) => async () => {
    events.push(`${name} begins`);
    await gate;
    events.push(`${name} ends`);
    return name;
  };
  const runs = [
    lane(signal, work('a', gates[0]!.promise)),
    lane(signal, work('b', gates[1]!.promise)),
    lane(signal, work('c')),
  ];
  gates[1]!.reject(new Error('b fails'));
  expect(events).toEqual([]);
  gates[0]!.resolve();
  const [a, b, c] = await Promise.allSettled(runs);
  expect([a, b?.status, c]).toEqual([
    { status: 'fulfilled', value: 'a' },
    'rejected',
    { status: 'fulfilled', value: 'c' },
  ]);
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'c begins', 'c ends']);
});

it('who stops waiting never begins, and holds up nobody and lets nobody past', async () => {
  const lane = createOneByOne();
  const gate = Promise.withResolvers<void>();
  const events: string[] = [];
  const first = lane(signal, () => gate.promise);
  const leaving = new AbortController();
  const second = lane(leaving.signal, async () => void events.push('second'));
  const third = lane(signal, async () => void events.push('third'));
  leaving.abort(new Error('left'));
  await expect(second).rejects.toThrow('left');
  expect(events).toEqual([]);
  gate.resolve();
  await Promise.all([first, third]);
  expect(events).toEqual(['third']);
});
