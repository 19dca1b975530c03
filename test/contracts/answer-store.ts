import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnswerStore } from '../../lib/rag/ports/answers.ts';
import { answer, entry, vector } from './answer-entries.ts';

/** What every store of answers does, but for the search (`nearestAnswersContract`). */
export function answerStoreContract(name: string, create: () => Promise<AnswerStore>): void {
  describe(`answer store: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    const key = { scope: 'acme/main', key: 'k1' } as const;
    const elsewhere = [
      { ...key, key: 'k2' },
      { ...key, scope: 'acme/other' },
      { ...key, scope: 'other/main' },
    ] as const;
    let store: AnswerStore;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      store = await create();
    });
    afterEach(() => void vi.useRealTimers());
    const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);

    it('has nothing that was not put', async () => {
      expect(await store.get(key, options)).toBeUndefined();
      expect(await store.find(key, options)).toEqual({ state: { counters: {} } });
      expect(await store.state(key.scope, options)).toEqual({ counters: {} });
    });

    it('gives an answer back as it was put', async () => {
      await store.put(key, entry({ vector: vector(1) }), options);
      expect(await store.get(key, options)).toEqual(answer);
      expect(await store.find(key, options)).toEqual({ answer, state: { counters: {} } });
    });

    it('keeps the last one', async () => {
      await store.put(key, entry(), options);
      await store.put(key, entry({ answer: { ...answer, text: 'It is blue [1].' } }), options);
      expect((await store.get(key, options))!.text).toBe('It is blue [1].');
    });

    it('keeps the one that was made last, whichever is put last, until its time is over', async () => {
      const older = entry({ answer: { ...answer, createdAt: '2026-10-31T23:59:59.999Z' } });
      await store.put(key, entry({ keptSeconds: 60 }), options);
      await store.put(key, older, options);
      expect(await store.get(key, options)).toEqual(answer);
      pass(60);
      await store.put(key, older, options);
      expect(await store.get(key, options)).toEqual(older.answer);
    });

    it('has it for this key of this scope only', async () => {
      await store.put(key, entry(), options);
      for (const other of elsewhere) {
        expect(await store.get(other, options)).toBeUndefined();
        expect((await store.find(other, options)).answer).toBeUndefined();
      }
    });

    it('has it until its time is over', async () => {
      await store.put(key, entry({ keptSeconds: 60 }), options);
      pass(58);
      expect((await store.find(key, options)).answer).toEqual(answer);
      expect(await store.get(key, options)).toEqual(answer);
      pass(2);
      expect((await store.find(key, options)).answer).toBeUndefined();
      expect(await store.get(key, options)).toBeUndefined();
    });

    it('has it no more once it is removed, and takes a removal of nothing', async () => {
      await store.put(key, entry(), options);
      await store.remove(elsewhere[0], answer.createdAt, options);
      expect(await store.get(key, options)).toEqual(answer);
      await store.remove(key, answer.createdAt, options);
      expect(await store.get(key, options)).toBeUndefined();
    });

    it('has it still where what is removed is another of its key', async () => {
      await store.put(key, entry(), options);
      await store.remove(key, '2026-10-31T23:59:59.999Z', options);
      expect(await store.get(key, options)).toEqual(answer);
    });

    describe('purge', () => {
      it('takes from the scope what was made until then', async () => {
        await store.put(key, entry(), options);
        await store.purge('acme/other', '2027-01-01T00:00:00.000Z', options);
        await store.purge(key.scope, '2026-10-31T23:59:59.999Z', options);
        expect((await store.find(key, options)).answer).toEqual(answer);
        const at = answer.createdAt;
        await store.purge(key.scope, at, options);
        expect(await store.find(key, options)).toEqual({ state: { counters: {}, purgedAt: at } });
        const createdAt = '2026-11-01T00:00:00.001Z';
        await store.put(key, entry({ answer: { ...answer, createdAt } }), options);
        expect((await store.find(key, options)).answer?.createdAt).toBe(createdAt);
      });

      it('that comes late does not take back a later one', async () => {
        await store.put(key, entry(), options);
        const later = '2026-11-02T00:00:00.000Z';
        await store.purge(key.scope, later, options);
        await store.purge(key.scope, '2026-10-01T00:00:00.000Z', options);
        expect(await store.find(key, options)).toEqual({ state: { counters: {}, purgedAt: later } });
      });
    });

    describe('learning', () => {
      it('adds to the counters of the scope', async () => {
        await store.learn(key.scope, { 'hit.0.91': 1, 'guard#number': 2 }, options);
        await store.learn(key.scope, { 'hit.0.91': 3, other: 1 }, options);
        await store.learn('acme/other', { other: 7 }, options);
        const { state } = await store.find(key, options);
        expect(state).toEqual({ counters: { 'hit.0.91': 4, 'guard#number': 2, other: 1 } });
      });

      it('loses nothing where many learn at once, the first time included', async () => {
        await Promise.all(
          Array.from({ length: 40 }, (_, n) =>
            store.learn(key.scope, { all: 1, [n % 2 ? 'odd' : 'even']: n }, options),
          ),
        );
        const { state } = await store.find(key, options);
        expect(state.counters).toEqual({ all: 40, odd: 400, even: 380 });
      });

      it('stays through a purge, and a purge through learning', async () => {
        await store.learn(key.scope, { a: 1 }, options);
        await store.purge(key.scope, answer.createdAt, options);
        await store.learn(key.scope, { a: 1 }, options);
        const { state } = await store.find(key, options);
        expect(state).toEqual({ counters: { a: 2 }, purgedAt: answer.createdAt });
        expect(await store.state(key.scope, options)).toEqual(state);
        expect(await store.state('acme/other', options)).toEqual({ counters: {} });
      });

      it('takes a purge as the first that is known of a scope, and nothing to add', async () => {
        await store.purge(key.scope, answer.createdAt, options);
        await store.learn(key.scope, {}, options);
        await store.learn(key.scope, { a: 1 }, options);
        const { state } = await store.find(key, options);
        expect(state).toEqual({ counters: { a: 1 }, purgedAt: answer.createdAt });
      });
    });

    it('gives up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      await expect(store.find(key, gone)).rejects.toBe(reason);
      await expect(store.get(key, gone)).rejects.toBe(reason);
      await expect(store.put(key, entry(), gone)).rejects.toBe(reason);
      await expect(store.remove(key, answer.createdAt, gone)).rejects.toBe(reason);
      await expect(store.state(key.scope, gone)).rejects.toBe(reason);
      await expect(store.purge(key.scope, answer.createdAt, gone)).rejects.toBe(reason);
      await expect(store.learn(key.scope, { a: 1 }, gone)).rejects.toBe(reason);
      await expect(store.judge(key, true, gone)).rejects.toBe(reason);
      const query = { scope: key.scope, shape: 's', vector: vector(1), limit: 1 };
      await expect(store.nearest(query, gone)).rejects.toBe(reason);
      expect(await store.find(key, options)).toEqual({ state: { counters: {} } });
    });
  });
}
