import { beforeEach, describe, expect, it } from 'vitest';
import type { Budgets } from '../../lib/rag/ports/access.ts';

const options = { signal: new AbortController().signal };
const budget = { keyId: 'k', month: '2026-11', limit: 100 };

/** What all budgets do. */
export function budgetsContract(name: string, create: () => Promise<Budgets>): void {
  describe(`budgets: ${name}`, () => {
    let budgets: Budgets;
    beforeEach(async () => {
      budgets = await create();
    });
    const reserve = (tokens: number, at = budget) => budgets.reserve(at, tokens, options);
    const settle = (reserved: number, used: number) => budgets.settle(budget, { reserved, used }, options);

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
      await reserve(60);
      await settle(60, 25);
      expect(await reserve(76)).toBe(false);
      expect(await reserve(75)).toBe(true);
      await settle(75, 0);
      expect(await reserve(75)).toBe(true);
      await settle(75, 80);
      expect(await reserve(1)).toBe(false);
    });

    it('are those of a key and a month', async () => {
      await reserve(100);
      expect(await reserve(100, { ...budget, month: '2026-12' })).toBe(true);
      expect(await reserve(100, { ...budget, keyId: 'other' })).toBe(true);
      expect(await reserve(1)).toBe(false);
    });
  });
}
