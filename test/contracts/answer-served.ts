import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServedAnswer, ServedAnswers } from '../../lib/rag/ports/answers.ts';

const day = 24 * 60 * 60 * 1_000;

/** What everything does that remembers the answers that callers were given. */
export function servedAnswersContract(name: string, create: () => Promise<ServedAnswers>): void {
  describe(`served answers: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    const query = { tenant: 'acme', id: 'f00d' };
    const similar: ServedAnswer = {
      key: { scope: 'acme/main', key: 'k' },
      cached: 'similar',
      createdAt: '2026-11-01T00:00:00.000Z',
      nearness: { similarity: 0.912345678, agreement: 0.25 },
    };
    let served: ServedAnswers;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      served = await create();
    });
    afterEach(() => void vi.useRealTimers());
    const judge = (verdict: { isRight: boolean; note?: string }) => served.judge(query, verdict, options);

    it('are given back as they were put, by their id', async () => {
      await served.put('f00d', similar, options);
      const live: ServedAnswer = { key: similar.key, cached: false, createdAt: similar.createdAt };
      await served.put('beef', live, options);
      expect(await served.get(query, options)).toEqual(similar);
      expect(await served.get({ ...query, id: 'beef' }, options)).toEqual(live);
      expect(await served.get({ ...query, id: 'none' }, options)).toBeUndefined();
    });

    it('are those of their tenant', async () => {
      await served.put('f00d', similar, options);
      expect(await served.get({ ...query, tenant: 'other' }, options)).toBeUndefined();
      expect(await served.judge({ ...query, tenant: 'other' }, { isRight: false }, options)).toBe(false);
      expect(await judge({ isRight: true })).toBe(true);
    });

    it('are known for a day', async () => {
      await served.put('f00d', similar, options);
      vi.setSystemTime(Date.now() + day - 2_000);
      expect(await served.get(query, options)).toEqual(similar);
      vi.setSystemTime(Date.now() + 2_000);
      expect(await served.get(query, options)).toBeUndefined();
      expect(await judge({ isRight: true })).toBe(false);
    });

    it('are judged once, with a note or without, and stay what they were but for that', async () => {
      await served.put('f00d', similar, options);
      await served.put('beef', similar, options);
      const verdicts = Array.from({ length: 20 }, (_, n) => ({ isRight: n % 2 > 0, note: `note ${n}` }));
      const counted = await Promise.all(verdicts.map(judge));
      expect(counted.filter(Boolean)).toHaveLength(1);
      expect(await judge({ isRight: true })).toBe(false);
      const isRight = verdicts[counted.indexOf(true)]!.isRight;
      expect(await served.get(query, options)).toEqual({ ...similar, isRight });
      expect(await served.judge({ ...query, id: 'beef' }, { isRight: false }, options)).toBe(true);
    });

    it('are not made by a judgement', async () => {
      expect(await judge({ isRight: true })).toBe(false);
      expect(await served.get(query, options)).toBeUndefined();
    });

    it('give up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      await expect(served.put('f00d', similar, gone)).rejects.toBe(reason);
      await expect(served.get(query, gone)).rejects.toBe(reason);
      await expect(served.judge(query, { isRight: true }, gone)).rejects.toBe(reason);
      expect(await served.get(query, options)).toBeUndefined();
    });
  });
}
