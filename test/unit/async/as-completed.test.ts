import { describe, expect, it } from 'vitest';
import { asCompleted } from '../../../lib/async/as-completed.ts';

const { signal } = new AbortController();

/** Works that end when the test says so. */
function createWorks(count: number) {
  const works = Array.from({ length: count }, () => Promise.withResolvers<string>());
  const begun: number[] = [];
  const signals: AbortSignal[] = [];
  const map = async (work: PromiseWithResolvers<string>, index: number, own: AbortSignal) => {
    begun.push(index);
    signals.push(own);
    own.addEventListener('abort', () => work.reject(own.reason));
    return work.promise;
  };
  return { works, begun, signals, map };
}

describe('as completed', () => {
  it('gives each result when it is there, whatever the order of the items', async () => {
    const { works, map } = createWorks(3);
    const results = asCompleted(works, { limit: 3, signal }, map);
    const first = results.next();
    works[2]!.resolve('c');
    expect(await first).toEqual({ done: false, value: 'c' });
    works[0]!.resolve('a');
    expect((await results.next()).value).toBe('a');
    works[1]!.resolve('b');
    expect((await results.next()).value).toBe('b');
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it('keeps to its limit, and goes on while nobody takes anything', async () => {
    const { works, begun, map } = createWorks(4);
    const results = asCompleted(works, { limit: 2, signal }, map);
    const first = results.next();
    expect(begun).toEqual([0, 1]);
    works[1]!.resolve('b');
    await first;
    expect(begun).toEqual([0, 1, 2]);
    for (const [index, work] of works.entries()) work.resolve(String(index));
    await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
    const rest: string[] = [];
    for await (const result of results) rest.push(result);
    expect(rest).toHaveLength(3);
  });

  it('that fails ends the others and waits for them', async () => {
    const { works, signals, map } = createWorks(2);
    const results = asCompleted(works, { limit: 2, signal }, map);
    const first = results.next();
    works[1]!.reject(new Error('No.'));
    await expect(first).rejects.toThrow('No.');
    expect(signals[0]!.aborted).toBe(true);
  });

  it('that is left early ends what runs and begins nothing more', async () => {
    const { works, begun, signals, map } = createWorks(3);
    const results = asCompleted(works, { limit: 2, signal }, map);
    const first = results.next();
    works[0]!.resolve('a');
    await first;
    await results.return();
    expect(signals[1]!.aborted).toBe(true);
    expect(begun.length).toBeLessThanOrEqual(3);
    await expect(works[1]!.promise).rejects.toThrow('Nobody');
  });

  it('of nothing is over at once', async () => {
    const { map } = createWorks(0);
    expect(await asCompleted([], { limit: 2, signal }, map).next()).toEqual({ done: true, value: undefined });
  });
});
