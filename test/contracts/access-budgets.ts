import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Budgets, Reservation } from '../../lib/rag/ports/access.ts';

const options = { signal: new AbortController().signal };
const budget = { keyId: 'k', month: '2026-11', limit: 100 };
const keptMs = 60_000;

/** What all budgets do. */
export function budgetsContract(name: string, create: () => Promise<Budgets>): void {
  describe(`budgets: ${name}`, () => {
    let budgets: Budgets;
    let made = 0;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      budgets = await create();
    });
    afterEach(() => void vi.useRealTimers());
    const of = (tokens: number): Reservation => {
      made += 1;
      return { id: `id-${made}`, tokens, untilMs: Date.now() + keptMs };
    };
    const reserve = (one: number | Reservation, at = budget) =>
      budgets.reserve(at, typeof one === 'number' ? of(one) : one, options);
    const settle = (one: Reservation, used: number) => budgets.settle(budget, one, used, options);
    /** Whether so much is left, to the token. */
    const isLeft = async (tokens: number) => {
      const [more, all] = [await reserve(tokens + 1), of(tokens)];
      const isReserved = !more && (await reserve(all));
      await settle(all, 0);
      return isReserved;
    };

    it('are reserved to the last token and no further', async () => {
      expect(await reserve(60)).toBe(true);
      expect(await reserve(41)).toBe(false);
      expect(await reserve(40)).toBe(true);
      expect(await reserve(1)).toBe(false);
    });

    it('take nothing for what is more than all of it', async () => {
      expect(await reserve(101)).toBe(false);
      expect(await reserve(100)).toBe(true);
    });

    it('keep what was used of a reservation, be it less, nothing or more', async () => {
      const [less, nothing, more] = [of(60), of(75), of(75)];
      await reserve(less);
      await settle(less, 25);
      expect(await reserve(76)).toBe(false);
      expect(await reserve(nothing)).toBe(true);
      await settle(nothing, 0);
      expect(await reserve(more)).toBe(true);
      await settle(more, 80);
      expect(await reserve(1)).toBe(false);
    });

    it('are those of a key and a month', async () => {
      await reserve(100);
      expect(await reserve(100, { ...budget, month: '2026-12' })).toBe(true);
      expect(await reserve(100, { ...budget, keyId: 'other' })).toBe(true);
      expect(await reserve(1)).toBe(false);
    });

    it('take a reservation once, however often it comes, also where nothing is left', async () => {
      const one = of(20);
      expect([await reserve(one), await reserve(one)]).toEqual([true, true]);
      expect(await reserve(80)).toBe(true);
      expect(await reserve(one)).toBe(true);
      expect(await reserve(1)).toBe(false);
    });

    it('book a settlement once, however often it comes', async () => {
      const one = of(60);
      await reserve(one);
      await reserve(of(20));
      await settle(one, 30);
      await settle(one, 30);
      expect(await isLeft(50)).toBe(true);
    });

    it('book nothing for a reservation that was not made', async () => {
      await settle(of(60), 10);
      expect(await isLeft(100)).toBe(true);
      await reserve(60);
      await settle(of(60), 10);
      expect(await isLeft(40)).toBe(true);
    });

    it('give back what nobody settles in its time, and not before', async () => {
      const lost = [of(30), of(20)];
      for (const one of lost) await reserve(one);
      vi.setSystemTime(Date.now() + keptMs - 1);
      const late = of(30);
      expect(await reserve(late)).toBe(true);
      expect(await reserve(21)).toBe(false);
      vi.setSystemTime(Date.now() + 1);
      expect(await isLeft(70)).toBe(true);
      // Who comes too late finds it gone.
      for (const one of lost) await settle(one, 5);
      await settle(late, 10);
      expect(await isLeft(90)).toBe(true);
    });

    it('give back once what many find at once', async () => {
      await reserve(60);
      vi.setSystemTime(Date.now() + keptMs);
      const came = await Promise.all(Array.from({ length: 20 }, () => reserve(30)));
      expect(came.filter(Boolean)).toHaveLength(3);
      expect(await isLeft(10)).toBe(true);
    });

    it('give back any number of them', async () => {
      for (let n = 0; n < 100; n += 1) await reserve(1);
      vi.setSystemTime(Date.now() + keptMs);
      for (let n = 0; n < 4; n += 1) expect(await reserve(1)).toBe(true);
      expect(await reserve(96)).toBe(true);
      expect(await reserve(1)).toBe(false);
    });
  });
}
