import { setImmediate as othersTurn } from 'node:timers/promises';
import type { KeywordPassage } from '../ports/knowledge.ts';
import { passageTerms } from './terms.ts';

/** BM25's usual saturation and length norm, best on SciFact too (docs/decisions/0009). */
const k1 = 1.2;
const b = 0.75;

/** Length, in terms, of a passage that counts as neither long nor short. Fixed, so that no figure ever changes an impact. */
const pivotTerms = 120;

/** An impact is one byte, never 0. */
const largestImpact = 255;

/** A passage that holds a term, and what the term weighs in it. */
export interface Posting {
  /** Number of the passage. */
  number: number;
  /** BM25's part that does not hang on the corpus, 1 to 255. */
  impact: number;
}

/** What a term weighs that occurs `count` times in a passage of `length` terms. */
export function impactOf(count: number, length: number): number {
  const share = count / (count + k1 * (1 - b + (b * length) / pivotTerms));
  return Math.max(1, Math.round(largestImpact * share));
}

/** What an impact is multiplied with: the less passages of all hold the term, the more. Always above 0. */
export function weightOf({ holding, all }: { holding: number; all: number }): number {
  const rarity = Math.log(1 + (all - holding + 0.5) / (holding + 0.5));
  return (rarity * (k1 + 1)) / largestImpact;
}

/** Passages read in one go before other requests have their turn. */
const passagesAtOnce = 16;

/** Every term of the passages with its postings, the heaviest first. */
export async function postingsOf(
  passages: readonly KeywordPassage[],
  signal: AbortSignal,
): Promise<Map<string, Posting[]>> {
  const postings = new Map<string, Posting[]>();
  for (const [index, passage] of passages.entries()) {
    if (index > 0 && index % passagesAtOnce === 0) await othersTurn();
    signal.throwIfAborted();
    const terms = passageTerms(passage);
    for (const [term, count] of countEach(terms)) {
      const posting = { number: passage.number, impact: impactOf(count, terms.length) };
      const others = postings.get(term);
      if (others) others.push(posting);
      else postings.set(term, [posting]);
    }
  }
  for (const list of postings.values()) list.sort((a, b) => b.impact - a.impact || a.number - b.number);
  return postings;
}

function countEach(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
