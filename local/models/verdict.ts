import type { Evidence } from './evidence.ts';

/** A missing name, identifier or number counts only if it is not also a common word: "May" is both. */
const properFromRarity = 0.5;

/**
 * Whether the sources answer the question at all. The weights are a logistic regression over questions about this project's
 * design papers, one half of them answerable: it learned from one half of each and was checked on the other.
 */
export function holdsAnswer({ candidates: [best], missing, weights }: Evidence): boolean {
  if (!best || weights.size === 0) return false;
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const lost = missing.reduce((sum, { term }) => sum + (weights.get(term) ?? 0), 0);
  const properMissing = missing.some(({ term, rarity }) => term.proper && rarity > properFromRarity);
  const logOdds =
    0.25 + 1.3 * best.likeness + 1.95 * best.coverage - 2.9 * (lost / all) - (properMissing ? 2.05 : 0);
  return logOdds > 0;
}
