import { impactOf, weightOf } from '../../lib/rag/retrieve/bm25.ts';
import type { KeywordIndex } from '../../lib/rag/ports/knowledge.ts';
import { passageTerms } from '../../lib/rag/retrieve/terms.ts';
import type { Scope } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** A passage's terms as the fake keeps them. */
export interface StoredTerms {
  scope: Scope;
  document: string;
  version: string;
  number: number;
  terms: readonly string[];
  /** Revision of the run that wrote it. */
  run: number;
}

/** The terms of passages in memory, every one of them looked at for every question. */
export function createFakeKeywords(calls: Calls): KeywordIndex & { entries: Map<string, StoredTerms> } {
  const entries = new Map<string, StoredTerms>();
  const inScope = (scope: Scope) => Array.from(entries.values()).filter((entry) => entry.scope === scope);
  return {
    entries,
    search: ({ scope, terms, limit }, { signal }) =>
      calls.take('keywords.search', { scope, terms, limit }, signal, () => {
        const all = inScope(scope);
        const weights = new Map(
          terms.map((term) => {
            const holding = all.filter((entry) => entry.terms.includes(term)).length;
            return [term, weightOf({ holding, all: all.length })];
          }),
        );
        return all
          .map(({ document, version, number, terms: its }) => {
            let score = 0;
            for (const [term, weight] of weights) {
              const count = its.filter((each) => each === term).length;
              if (count > 0) score += weight * impactOf(count, its.length);
            }
            return { document, version, number, score };
          })
          .filter(({ score }) => score > 0)
          .toSorted((a, b) => b.score - a.score)
          .slice(0, limit);
      }),
    put: ({ scope, document, version, revision }, passages, { signal }) =>
      calls.take('keywords.put', { scope, document, version, revision }, signal, () => {
        for (const passage of passages) {
          const { number } = passage;
          const key = [scope, document, version, number].join(' ');
          if ((entries.get(key)?.run ?? 0) > revision) continue;
          const terms = passageTerms(passage);
          entries.set(key, { scope, document, version, number, terms, run: revision });
        }
      }),
    sweep: ({ scope, document, keep, revision }, { signal }) =>
      calls.take('keywords.sweep', { scope, document, keep, revision }, signal, () => {
        for (const [key, entry] of entries) {
          const isOurs = entry.scope === scope && entry.document === document;
          if (isOurs && entry.version !== keep && entry.run < revision) entries.delete(key);
        }
      }),
  };
}
