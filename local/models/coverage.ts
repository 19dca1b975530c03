import type { Lexicon } from './lexicon.ts';
import { toTerms } from './words.ts';
import type { Term } from './words.ts';

/** A term of the question, and how the sources speak of it. */
export interface WeighedTerm extends Term {
  /** How rare it is in English, 0 to 1. */
  rarity: number;
  /** How much it tells about which statement is meant. */
  weight: number;
  /** The stems of the sources that stand for it, with how well they do, up to 1 for itself. */
  matches: Map<string, number>;
}

/** The stems of a statement, and of the headings, introduction and neighbours around it, each with a word that has it. */
export interface Held {
  own: ReadonlyMap<string, string>;
  around: ReadonlyMap<string, string>;
}

/** A word counts half if it stands not in the statement but around it. */
const aroundShare = 0.5;

/** The question's terms, weighed against everything the sources hold. */
export function weighTerms(question: string, statements: readonly Held[], lexicon: Lexicon): WeighedTerm[] {
  const words = new Map(statements.flatMap(({ own, around }) => [...own, ...around]));
  return toTerms(question).map((term) => {
    const rarity = lexicon.rarity(term.word);
    const weight = 0.2 + idf(term, statements) + rarity + (term.proper ? 0.5 : 0);
    return { ...term, rarity, weight, matches: match(term, words, lexicon) };
  });
}

/** Share of the terms, by weight, that a statement and what surrounds it hold, 0 to 1. */
export function cover({ own, around }: Held, terms: readonly WeighedTerm[]): number {
  let held = 0;
  let all = 0;
  for (const { weight, matches } of terms) {
    let best = 0;
    for (const [stem, strength] of matches) {
      const share = own.has(stem) ? 1 : around.has(stem) ? aroundShare : 0;
      best = Math.max(best, strength * share);
    }
    held += weight * best;
    all += weight;
  }
  return all === 0 ? 0 : held / all;
}

/** A term that few statements hold tells them apart: 1 if none does, near 0 if all do. */
function idf({ stem }: Term, statements: readonly Held[]): number {
  const holders = statements.filter(({ own }) => own.has(stem)).length;
  return Math.log(1 + statements.length / (1 + holders)) / Math.log(2 + statements.length);
}

/** The term itself, and words that mean about the same; nothing means about the same as a name or a number. */
function match(term: Term, words: ReadonlyMap<string, string>, lexicon: Lexicon): Map<string, number> {
  const matches = new Map<string, number>();
  const asked = term.word.toLowerCase();
  for (const [stem, word] of words) {
    if (stem === term.stem) matches.set(stem, 1);
    else if (!term.proper) {
      const strength = Math.min(0.8, (lexicon.similarity(asked, word) - 0.3) / 0.4);
      if (strength > 0) matches.set(stem, strength);
    }
  }
  return matches;
}
