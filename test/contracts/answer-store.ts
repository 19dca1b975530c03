import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerEntry, AnswerStore } from '../../lib/rag/ports/answers.ts';
import type { CachedAnswer } from '../../lib/rag/types.ts';

/** An answer with all that one can have. */
export const answer: CachedAnswer = {
  text: 'It is red [1].\n\n“Really”.',
  sources: [
    {
      ...{
        n: 1,
        document: 'guides/start.md',
        title: 'Start',
        uri: 's3://b/k',
        headings: ['A', 'B'],
        chunk: 0,
      },
      ...{ score: 0.8123, snippet: 'the red door' },
    },
    {
      n: 2,
      document: 'b',
      title: '',
      uri: '',
      page: 7,
      line: 3,
      headings: [],
      chunk: 12,
      score: -0.5,
      snippet: '',
    },
  ],
  citations: [1],
  servedBy: 'm',
  createdAt: '2026-11-01T00:00:00.000Z',
  versions: { 'guides/start.md': 'v1', b: 'v2' },
};

const entry: AnswerEntry = { answer, question: 'Which?', shape: 's', group: 'g', keptSeconds: 60 };

/** What every store of answers does. */
export function answerStoreContract(name: string, create: () => Promise<AnswerStore>): void {
  describe(`answer store: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    const key = { scope: 'acme/main', key: 'k1' } as const;
    let store: AnswerStore;
    beforeEach(async () => {
      store = await create();
    });

    it('has nothing that was not put', async () => {
      expect(await store.get(key, options)).toBeUndefined();
    });

    it('gives an answer back as it was put', async () => {
      await store.put(key, entry, options);
      expect(await store.get(key, options)).toEqual(answer);
    });

    it('keeps the last one', async () => {
      await store.put(key, entry, options);
      await store.put(key, { ...entry, answer: { ...answer, text: 'It is blue [1].' } }, options);
      expect((await store.get(key, options))!.text).toBe('It is blue [1].');
    });

    it('has it for this key of this scope only', async () => {
      await store.put(key, entry, options);
      expect(await store.get({ ...key, key: 'k2' }, options)).toBeUndefined();
      expect(await store.get({ ...key, scope: 'acme/other' }, options)).toBeUndefined();
      expect(await store.get({ ...key, scope: 'other/main' }, options)).toBeUndefined();
    });

    it('gives up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      await expect(store.get(key, gone)).rejects.toBe(reason);
      await expect(store.put(key, entry, gone)).rejects.toBe(reason);
      expect(await store.get(key, options)).toBeUndefined();
    });
  });
}
