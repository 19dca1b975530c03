import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnswerKey, AnswerLeases, AnswerStore } from '../../lib/rag/ports/answers.ts';
import { answer, entry } from './answer-entries.ts';

/** What all leases do. The store is the one whose `find` brings them. */
export function answerLeasesContract(
  name: string,
  create: () => Promise<{ leases: AnswerLeases; answers: AnswerStore }>,
): void {
  describe(`answer leases: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    const key: AnswerKey = { scope: 'acme/main', key: 'k' };
    let leases: AnswerLeases;
    let answers: AnswerStore;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      ({ leases, answers } = await create());
    });
    afterEach(() => void vi.useRealTimers());
    const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
    const take = (holder: string, at = key) => leases.take(at, holder, 5_000, options);
    const renew = (holder: string) => leases.renew(key, holder, 5_000, options);
    const held = async () => (await answers.find(key, options)).lease;

    it('are held by one at a time, until they run out', async () => {
      expect(await take('a')).toBe(true);
      const untilMs = Date.now() + 5_000;
      expect(await take('b')).toBe(false);
      expect(await held()).toEqual({ holder: 'a', untilMs, isAbandoned: false });
      pass(4_999);
      expect(await take('b')).toBe(false);
      expect(await held()).toMatchObject({ holder: 'a' });
      pass(1);
      expect(await held()).toBeUndefined();
      expect(await take('b')).toBe(true);
      expect(await held()).toEqual({ holder: 'b', untilMs: untilMs + 5_000, isAbandoned: false });
    });

    it('come with the answer and the state, and are neither', async () => {
      await take('a');
      await answers.learn(key.scope, { n: 1 }, options);
      await answers.put(key, entry(), options);
      const lease = { holder: 'a', untilMs: Date.now() + 5_000, isAbandoned: false };
      expect(await answers.find(key, options)).toEqual({ answer, state: { counters: { n: 1 } }, lease });
      await answers.remove(key, answer.createdAt, options);
      expect(await held()).toEqual(lease);
    });

    it('go to exactly one of a hundred that come at once, the first time and when one has run out', async () => {
      for (const round of ['first', 'second']) {
        const holders = Array.from({ length: 100 }, (_, n) => `${round} ${n}`);
        const taken = await Promise.all(holders.map((holder) => take(holder)));
        const winners = holders.filter((_, n) => taken[n]);
        expect(winners).toHaveLength(1);
        expect((await held())?.holder).toBe(winners[0]);
        pass(5_000);
      }
    });

    it('are renewed by their holder', async () => {
      await take('a');
      pass(4_000);
      expect(await renew('a')).toBe(true);
      pass(4_000);
      expect(await take('b')).toBe(false);
      expect(await held()).toEqual({ holder: 'a', untilMs: Date.now() + 1_000, isAbandoned: false });
    });

    it('are renewed by nobody else, nor once they were released', async () => {
      expect(await renew('a')).toBe(false);
      await take('a');
      expect(await renew('b')).toBe(false);
      expect(await held()).toMatchObject({ holder: 'a' });
      await leases.release(key, 'a', false, options);
      expect(await renew('a')).toBe(false);
      expect(await held()).toMatchObject({ isAbandoned: true });
      await take('b');
      await leases.release(key, 'b', true, options);
      expect(await renew('b')).toBe(false);
      expect(await held()).toBeUndefined();
    });

    it('may be taken again by their holder', async () => {
      await take('a');
      pass(4_000);
      expect(await take('a')).toBe(true);
      expect(await held()).toMatchObject({ holder: 'a', untilMs: Date.now() + 5_000 });
    });

    it('are of one key of one scope', async () => {
      await take('a');
      expect(await take('b', { ...key, key: 'k2' })).toBe(true);
      expect(await take('b', { ...key, scope: 'acme/other' })).toBe(true);
      expect(await take('b', { ...key, scope: 'other/main' })).toBe(true);
      expect(await held()).toMatchObject({ holder: 'a' });
    });

    it('are gone once released with the answer kept', async () => {
      await take('a');
      await leases.release(key, 'a', true, options);
      expect(await held()).toBeUndefined();
      expect(await take('b')).toBe(true);
    });

    it('are left as abandoned without, for anyone to take', async () => {
      await take('a');
      await leases.release(key, 'a', false, options);
      expect(await held()).toEqual({ holder: 'a', untilMs: Date.now() + 5_000, isAbandoned: true });
      const taken = await Promise.all(['b', 'c', 'd'].map((holder) => take(holder)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await held()).toMatchObject({ isAbandoned: false });
    });

    it.each([true, false])('are not released by others (answer kept: %s)', async (wasKept) => {
      await leases.release(key, 'nobody', wasKept, options);
      expect(await take('a')).toBe(true);
      await leases.release(key, 'b', wasKept, options);
      expect(await held()).toEqual({ holder: 'a', untilMs: Date.now() + 5_000, isAbandoned: false });
      pass(5_000);
      await take('b');
      await leases.release(key, 'a', wasKept, options);
      expect(await held()).toMatchObject({ holder: 'b', isAbandoned: false });
    });

    it('give up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      await expect(leases.take(key, 'a', 1_000, gone)).rejects.toBe(reason);
      await expect(leases.renew(key, 'a', 1_000, gone)).rejects.toBe(reason);
      await expect(leases.release(key, 'a', true, gone)).rejects.toBe(reason);
      await expect(leases.release(key, 'a', false, gone)).rejects.toBe(reason);
      expect(await held()).toBeUndefined();
    });
  });
}
