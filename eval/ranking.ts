/** What became of a query: the ids that were found, best first, and the ids that should be, with their grades. */
export interface Ranking {
  found: readonly string[];
  judged: ReadonlyMap<string, number>;
}

/** Normalised discounted cumulative gain of the first `depth`, as BEIR counts it. */
export function ndcg({ found, judged }: Ranking, depth: number): number {
  const ideal = Array.from(judged.values()).toSorted((a, b) => b - a);
  const gains = found.map((id) => judged.get(id) ?? 0);
  return discounted(gains.slice(0, depth)) / discounted(ideal.slice(0, depth));
}

/** Share of what should be found that is among the first `depth`. */
export function recall({ found, judged }: Ranking, depth: number): number {
  return found.slice(0, depth).filter((id) => judged.has(id)).length / judged.size;
}

/** The mean of a figure over rankings. */
export function mean(rankings: readonly Ranking[], figure: (ranking: Ranking) => number): number {
  return rankings.reduce((sum, ranking) => sum + figure(ranking), 0) / rankings.length;
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
}
