import { describe, expect, it } from 'vitest';
import { firstDefined } from '../../../lib/async/first-defined.ts';
import { mapBounded } from '../../../lib/async/map-bounded.ts';

describe('mapBounded', () => {
  const never = new AbortController().signal;

  it('has at most so many calls open, and keeps the order', async () => {
    let open = 0;
    let most = 0;
    const results = await mapBounded([5, 1, 4, 2, 3], { limit: 2, signal: never }, async (n) => {
      open += 1;
      most = Math.max(most, open);
      for (let turns = n; turns > 0; turns -= 1) await Promise.resolve();
      open -= 1;
      return n * 10;
    });
    expect([results, most]).toEqual([[50, 10, 40, 20, 30], 2]);
  });

  it('aborts the others at the first failure, waits for them, begins none after it, and throws it', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const failure = mapBounded([0, 1, 2, 3], { limit: 2, signal: never }, async (n, _, signal) => {
      begun.push(n);
      if (n === 0) throw new Error('first');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended.push(n);
      throw new Error('second');
    });
    await expect(failure).rejects.toThrow('first');
    expect([begun, ended]).toEqual([[0, 1], [1]]);
  });

  it("ends with the caller's reason when it aborts", async () => {
    const caller = new AbortController();
    const reason = new Error('left');
    const failure = mapBounded([1, 2, 3], { limit: 1, signal: caller.signal }, async () => {
      caller.abort(reason);
    });
    await expect(failure).rejects.toBe(reason);
  });

  it('of nothing is nothing', async () => {
    expect(await mapBounded([], { limit: 3, signal: never }, async () => 1)).toEqual([]);
  });
});

describe('firstDefined', () => {
  const later = <T>(value: T) => Promise.resolve().then(() => value);
  const nothing = undefined as string | undefined;

  it.each([
    ['the first value', () => [later(nothing), later('a').then(later), Promise.resolve('b')], 'b'],
    ['a value after a failure', () => [Promise.reject(new Error('x')), later('a')], 'a'],
    ['nothing where nothing comes', () => [later(nothing), Promise.resolve(nothing)], undefined],
  ])('is %s', async (_, promises, value) => {
    expect(await firstDefined<string>(promises())).toBe(value);
  });

  it('throws the first failure where no value comes', async () => {
    const two = later(0).then(() => Promise.reject(new Error('two')));
    await expect(firstDefined([later(undefined), Promise.reject(new Error('one')), two])).rejects.toThrow(
      'one',
    );
  });
});
