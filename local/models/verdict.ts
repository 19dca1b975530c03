import type { WeighedTerm } from './coverage.ts';
import type { Evidence } from './evidence.ts';

/** A name that is missing counts only if it is not also a common word: "May" is both. */
const nameFromRarity = 0.5;
/** So many of the best statements may be the one that speaks of the question as a whole. */
const maxRead = 3;

/**
 * Whether the sources answer the question at all. The weights are a logistic regression over questions about this project's
 * design papers, answerable ones and ones near the topic that are not: fitted to one half of them, checked on the other.
 */
export function holdsAnswer({ candidates, terms }: Evidence): boolean {
  const [best] = candidates;
  if (!best || terms.length === 0) return false;
  const likeness = Math.max(...candidates.slice(0, maxRead).map((candidate) => candidate.likeness));
  const nameMissing = terms.some(isMissingName) ? 1 : 0;
  const logOdds =
    2.55 * likeness + 2.15 * best.coverage - 3.25 * shareMissing(terms) - 1.65 * nameMissing - 1.1;
  return logOdds > 0;
}

/** A name, identifier or number that stands nowhere in the sources: the best sign that they speak of something else. */
function isMissingName({ proper, rarity, matches }: WeighedTerm): boolean {
  return proper && rarity > nameFromRarity && matches.size === 0;
}

/** How much of the question the sources do not speak of at all, by weight, 0 to 1. */
function shareMissing(terms: readonly WeighedTerm[]): number {
  let missing = 0;
  let all = 0;
  for (const { weight, matches } of terms) {
    missing += weight * (1 - Math.max(0, ...matches.values()));
    all += weight;
  }
  return missing / all;
}
