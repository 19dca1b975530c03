import type { Scope } from '../rag/types.ts';

/** What the last search that read a term's rows has seen. */
export interface KnownTerm {
  /** Passages that hold it. */
  holding: number;
  /** Postings in a row, on average. */
  inRow: number;
}

/** Enough for the words that people ask with; the least recently asked are forgotten first. */
const maxTerms = 20_000;

/**
 * A memory of terms, to choose by what to read: of a long question the rare terms, and of each as many rows as hold the
 * postings wanted. Nothing but the choice hangs on it, so it may be old or empty.
 */
export function createKnownTerms() {
  const terms = new Map<string, KnownTerm>();
  const keyOf = (scope: Scope, term: string) => `${scope}#${term}`;
  return {
    get: (scope: Scope, term: string): KnownTerm | undefined => terms.get(keyOf(scope, term)),
    set: (scope: Scope, term: string, known: KnownTerm): void => {
      const key = keyOf(scope, term);
      terms.delete(key);
      terms.set(key, known);
      const [oldest] = terms.keys();
      if (terms.size > maxTerms && oldest !== undefined) terms.delete(oldest);
    },
  };
}

export type KnownTerms = ReturnType<typeof createKnownTerms>;
