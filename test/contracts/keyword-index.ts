import { beforeEach, describe, expect, it } from 'vitest';
import { impactOf, weightOf } from '../../lib/rag/retrieve/bm25.ts';
import type { KeywordIndex, KeywordPassage } from '../../lib/rag/ports/knowledge.ts';
import { passageTerms, questionTerms } from '../../lib/rag/retrieve/terms.ts';
import type { KeywordHit, Scope } from '../../lib/rag/types.ts';

const scope: Scope = 'acme/main';
const other: Scope = 'acme/other';
const { signal } = new AbortController();

/** A passage that is found by its text alone. */
export function passage(number: number, text: string, more: Partial<KeywordPassage> = {}): KeywordPassage {
  return { number, title: '', headings: [], text, ...more };
}

/** What a search must find: BM25 over every passage there is, looked at one by one. */
export function bruteForce(
  passages: readonly (KeywordPassage & { document: string; version: string })[],
  question: string,
): KeywordHit[] {
  const read = passages.map((each) => ({ ...each, terms: passageTerms(each) }));
  return read
    .map(({ document, version, number, terms }) => {
      let score = 0;
      for (const term of questionTerms(question)) {
        const holding = read.filter((each) => each.terms.includes(term)).length;
        const count = terms.filter((each) => each === term).length;
        if (count > 0) score += weightOf({ holding, all: read.length }) * impactOf(count, terms.length);
      }
      return { document, version, number, score };
    })
    .filter(({ score }) => score > 0);
}

/** Hits in an order of their own, scores rounded: what was found, whatever is equally good. */
export function inOrder(hits: readonly KeywordHit[]): KeywordHit[] {
  const name = ({ document, version, number }: KeywordHit) => `${document} ${version} ${number}`;
  return hits
    .map((hit) => ({ ...hit, score: Number(hit.score.toFixed(6)) }))
    .toSorted((a, b) => b.score - a.score || (name(a) < name(b) ? -1 : 1));
}

/** Searches until what is counted has been counted. */
export async function searchCounted(
  index: KeywordIndex,
  question: string,
  { from = scope, limit = 100 } = {},
): Promise<KeywordHit[]> {
  const query = { scope: from, terms: questionTerms(question), limit };
  const counts: Promise<void>[] = [];
  await index.search(query, { signal, later: (work) => counts.push(work(signal)) });
  await Promise.all(counts);
  return index.search(query, { signal });
}

/** What every index of keywords does. */
export function keywordIndexContract(name: string, create: () => Promise<KeywordIndex>): void {
  describe(`keyword index: ${name}`, () => {
    let index: KeywordIndex;
    beforeEach(async () => {
      index = await create();
    });
    const put = (
      document: string,
      version: string,
      texts: readonly string[],
      { revision = 0, to = scope } = {},
    ) =>
      index.put(
        { scope: to, document, version, revision },
        texts.map((text, number) => passage(number, text)),
        { signal },
      );
    const found = async (question: string, from = scope) => {
      const hits = await searchCounted(index, question, { from });
      return hits.map(({ document, version, number }) => `${document} ${version} ${number}`);
    };
    const everything = async (from = scope) => (await found('salt', from)).toSorted();

    it('finds passages by BM25, best first, at most as many as asked for', async () => {
      const texts = {
        a: ['The valve opens at high pressure.', 'A valve, a valve, a valve.', 'Nothing of that.'],
        b: ['Pressure is measured in bar; the gauge shows it, the log keeps it, the board prints it.'],
      };
      await put('a', 'v1', texts.a);
      await put('b', 'v1', texts.b);
      const all = Object.entries(texts).flatMap(([document, each]) =>
        each.map((text, number) => ({ ...passage(number, text), document, version: 'v1' })),
      );
      const hits = await searchCounted(index, 'At which pressure do valves open?');
      expect(inOrder(hits)).toEqual(inOrder(bruteForce(all, 'At which pressure do valves open?')));
      expect(hits.map(({ document, number }) => `${document} ${number}`)).toEqual(['a 0', 'a 1', 'b 0']);
      expect(await searchCounted(index, 'pressure of valves', { limit: 2 })).toHaveLength(2);
    });

    it('finds title and headings with every passage', async () => {
      const more = { title: 'Boilers', headings: ['Care', 'Descaling'] };
      await index.put(
        { scope, document: 'guides/über#1.md', version: 'v1', revision: 0 },
        [passage(0, 'Once a year.', more)],
        { signal },
      );
      expect([await found('boiler'), await found('descaling')]).toEqual([
        ['guides/über#1.md v1 0'],
        ['guides/über#1.md v1 0'],
      ]);
    });

    it('finds nothing by words that nobody wrote, or none at all', async () => {
      await put('a', 'v1', ['salt']);
      expect([await found('pepper'), await found('the')]).toEqual([[], []]);
    });

    it('never finds a passage of another scope', async () => {
      await put('a', 'v1', ['salt']);
      await put('b', 'v1', ['salt'], { to: other });
      expect([await everything(), await everything(other), await everything('acme/none')]).toEqual([
        ['a v1 0'],
        ['b v1 0'],
        [],
      ]);
    });

    it('is not changed by writing the same again', async () => {
      await put('a', 'v1', ['salt and bread', 'salt']);
      const before = await searchCounted(index, 'salt bread');
      await put('a', 'v1', ['salt and bread', 'salt']);
      expect(await searchCounted(index, 'salt bread')).toEqual(before);
    });

    it('takes a long document, and finds the passage at its end', async () => {
      const texts = Array.from({ length: 300 }, (_, at) => `salt and${at}`);
      await put('a', 'v1', texts);
      expect(await found('and299')).toEqual(['a v1 299']);
      expect(await everything()).toHaveLength(100);
      await index.sweep({ scope, document: 'a', revision: 1 }, { signal });
      expect([await everything(), await found('and299')]).toEqual([[], []]);
    });

    it('sweeps every version but the one to keep, of this document alone', async () => {
      await put('a', 'v1', ['salt']);
      await put('a', 'v2', ['salt']);
      await put('a', 'v3', ['old', 'salt']);
      await put('ab', 'v1', ['salt']);
      await put('a', 'v1', ['salt'], { to: other });
      await index.sweep({ scope, document: 'a', keep: 'v2', revision: 1 }, { signal });
      expect([await everything(), await everything(other)]).toEqual([['a v2 0', 'ab v1 0'], ['a v1 0']]);
      expect(await found('old')).toEqual([]);
    });

    it('does not sweep what a run from this revision or later wrote', async () => {
      await put('a', 'v1', ['salt', 'rye'], { revision: 3 });
      await put('a', 'v2', ['salt'], { revision: 4 });
      await index.sweep({ scope, document: 'a', revision: 4 }, { signal });
      expect([await everything(), await found('rye')]).toEqual([['a v2 0'], []]);
    });

    it('takes what a later run writes again for the later run’s, and nothing back', async () => {
      await put('a', 'v1', ['salt'], { revision: 0 });
      await put('a', 'v1', ['salt'], { revision: 2 });
      await put('a', 'v1', ['salt'], { revision: 1 });
      await index.sweep({ scope, document: 'a', revision: 2 }, { signal });
      expect(await everything()).toEqual(['a v1 0']);
    });

    it('gives up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      const target = { scope, document: 'a', version: 'v1', revision: 0 };
      const calls = [
        index.search({ scope, terms: ['salt'], limit: 5 }, gone),
        index.put(target, [passage(0, 'salt')], gone),
        index.sweep({ scope, document: 'a', revision: 1 }, gone),
      ];
      for (const call of await Promise.allSettled(calls))
        expect(call).toEqual({ status: 'rejected', reason });
      expect(await everything()).toEqual([]);
    });
  });
}
