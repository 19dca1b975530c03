import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnswerKey, AnswerStore } from '../../lib/rag/ports/answers.ts';
import type { Scope } from '../../lib/rag/types.ts';
import { answer, entry, vector } from './answer-entries.ts';

/** How every store of answers finds those of near questions, and what it counts of them. Vectors have 4 dimensions. */
export function nearestAnswersContract(name: string, create: () => Promise<AnswerStore>): void {
  describe(`nearest answers: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    const scope: Scope = 'acme/main';
    const keyOf = (key: string): AnswerKey => ({ scope, key });
    let store: AnswerStore;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      store = await create();
    });
    afterEach(() => void vi.useRealTimers());
    const search = (more: object = {}) =>
      store.nearest({ scope, shape: 's', vector: vector(1), limit: 10, ...more }, options);
    const keys = async (more?: object) => (await search(more)).map(({ key }) => key);

    it('come best first, with what decides whether they will do', async () => {
      await store.put(keyOf('right angle'), entry({ vector: vector(0, 1) }), options);
      const near = { question: 'Which door is it?', groups: ['g2', 'g1'], vector: vector(0.8, 0.6) };
      await store.put(keyOf('near'), entry(near), options);
      await store.put(keyOf('same'), entry({ vector: vector(1) }), options);
      await store.put(keyOf('opposite'), entry({ vector: vector(-1) }), options);
      const known = { right: 0, wrong: 0, createdAt: answer.createdAt, versions: answer.versions };
      const found = await search();
      expect(found.map(({ key }) => key)).toEqual(['same', 'near', 'right angle', 'opposite']);
      expect(found.map(({ similarity }) => Math.round(similarity * 1_000))).toEqual([1_000, 800, 0, -1_000]);
      const { similarity: _, ...second } = found[1]!;
      expect(second).toEqual({ key: 'near', question: 'Which door is it?', groups: ['g2', 'g1'], ...known });
      expect(await keys({ limit: 2 })).toEqual(['same', 'near']);
    });

    it('are of the scope and the shape, and have a vector', async () => {
      const there = entry({ vector: vector(1) });
      await store.put(keyOf('here'), there, options);
      await store.put(keyOf('of another shape'), { ...there, shape: 's2' }, options);
      await store.put(keyOf('without a vector'), entry(), options);
      await store.put({ scope: 'acme/other', key: 'of another collection' }, there, options);
      await store.put({ scope: 'other/main', key: 'of another tenant' }, there, options);
      expect(await keys()).toEqual(['here']);
      expect(await keys({ scope: 'other/main' })).toEqual(['of another tenant']);
      expect(await keys({ scope: 'nobody/main' })).toEqual([]);
    });

    it('have not expired, been removed or been replaced by one without a vector', async () => {
      const there = entry({ vector: vector(1), keptSeconds: 60 });
      for (const key of ['stays', 'expires', 'goes', 'changes']) await store.put(keyOf(key), there, options);
      await store.put(keyOf('stays'), { ...there, keptSeconds: 600 }, options);
      await store.remove(keyOf('goes'), answer.createdAt, options);
      await store.put(keyOf('changes'), entry(), options);
      expect((await keys()).toSorted()).toEqual(['expires', 'stays']);
      vi.setSystemTime(Date.now() + 60_000);
      expect(await keys()).toEqual(['stays']);
    });

    it('know no purge', async () => {
      await store.put(keyOf('a'), entry({ vector: vector(1) }), options);
      await store.purge(scope, '2027-01-01T00:00:00.000Z', options);
      expect(await keys()).toEqual(['a']);
    });

    describe('are counted', () => {
      const counts = async () => (await search()).map(({ key, right, wrong }) => [key, right, wrong]);

      it('right or wrong, each judgement once, until the key is put anew', async () => {
        await store.put(keyOf('a'), entry({ vector: vector(1) }), options);
        await store.put(keyOf('b'), entry({ vector: vector(0, 1) }), options);
        const judgements = Array.from({ length: 30 }, (_, n) => n % 3 > 0);
        await Promise.all(judgements.map((isRight) => store.judge(keyOf('a'), isRight, options)));
        expect(await counts()).toEqual([
          ['a', 20, 10],
          ['b', 0, 0],
        ]);
        expect(await store.get(keyOf('a'), options)).toEqual(answer);
        await store.put(keyOf('a'), entry({ vector: vector(1) }), options);
        expect((await counts())[0]).toEqual(['a', 0, 0]);
      });

      it('only while they are there', async () => {
        await store.judge(keyOf('never there'), true, options);
        await store.put(keyOf('removed'), entry({ vector: vector(1) }), options);
        await store.remove(keyOf('removed'), answer.createdAt, options);
        await store.judge(keyOf('removed'), false, options);
        await store.put(keyOf('expired'), entry({ vector: vector(1), keptSeconds: 1 }), options);
        vi.setSystemTime(Date.now() + 1_000);
        await store.judge(keyOf('expired'), false, options);
        for (const key of ['never there', 'removed', 'expired']) {
          expect((await store.find(keyOf(key), options)).answer).toBeUndefined();
        }
        expect(await counts()).toEqual([]);
      });
    });
  });
}
