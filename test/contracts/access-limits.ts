import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RateLimits } from '../../lib/rag/ports/access.ts';

const options = { signal: new AbortController().signal };

/** One request in two seconds, three at once. */
const limit = { perMinute: 30, burst: 3 };

/** What all token buckets do; `another` is one of another process over the same. */
export function rateLimitsContract(
  name: string,
  create: () => Promise<{ limits: RateLimits; another: RateLimits }>,
): void {
  describe(`rate limits: ${name}`, () => {
    let limits: RateLimits;
    let another: RateLimits;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      ({ limits, another } = await create());
    });
    afterEach(() => void vi.useRealTimers());
    const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
    const take = (from = limits, keyId = 'k') => from.take(keyId, limit, options);

    it('let a burst through, then one at a time, and say what is left', async () => {
      const allowed = { isAllowed: true, limit: 3, retryAfterMs: 0 };
      expect(await take()).toMatchObject({ ...allowed, remaining: 2, resetMs: 2_000 });
      expect(await take()).toMatchObject({ ...allowed, remaining: 1, resetMs: 4_000 });
      const last = { isAllowed: true, limit: 3, remaining: 0, resetMs: 6_000, retryAfterMs: 2_000 };
      expect(await take()).toEqual(last);
      expect(await take()).toEqual({ ...last, isAllowed: false });
      pass(1_999);
      expect(await take()).toMatchObject({ isAllowed: false, retryAfterMs: 1 });
      pass(1);
      expect(await take()).toMatchObject({ isAllowed: true, remaining: 0 });
      expect(await take()).toMatchObject({ isAllowed: false });
    });

    it('are whole again after a pause, and never more than whole', async () => {
      for (let n = 0; n < 4; n += 1) await take();
      pass(60 * 60_000);
      const states = [await take(), await take(), await take(), await take()];
      expect(states.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, false]);
    });

    it('are those of a key, whichever process counts', async () => {
      const states = [];
      for (const from of [limits, another, limits, another, limits]) states.push(await take(from));
      expect(states.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, false, false]);
      expect(await take(limits, 'other')).toMatchObject({ isAllowed: true, remaining: 2 });
      pass(2_000);
      expect(await take(another)).toMatchObject({ isAllowed: true });
      expect(await take(limits)).toMatchObject({ isAllowed: false });
    });
  });
}
