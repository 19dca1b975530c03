import { expect, it } from 'vitest';
import { createLanes } from '../../../lib/async/lanes.ts';

const { signal } = new AbortController();

it('works go one after another in the order they came, whether they succeed or fail', async () => {
  const lane = createLanes(1);
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
  const lane = createLanes(1);
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

it('as many works as there are lanes are under way, and no lane is lost by those who leave', async () => {
  const lanes = createLanes(3);
  const leaving = new AbortController();
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  const runs = Array.from({ length: 30 }, (_, n) => lanes(n % 3 === 2 ? leaving.signal : signal, work));
  leaving.abort(new Error('left'));
  const outcomes = await Promise.allSettled(runs);
  // The third had begun before.
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(21);
  await Promise.all(Array.from({ length: 10 }, () => lanes(signal, work)));
  expect(most).toBe(3);
});
