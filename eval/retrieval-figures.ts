import { mean, ndcg, recall, type Ranking } from './ranking.ts';
import type { Retrieved } from './retrieve-queries.ts';

/** Figures by name: `keyword.nDCG@10`. */
export type Figures = Record<string, number>;

type Order = (retrieved: Retrieved) => readonly { document: string }[];

/** The figures that floors are recorded for. */
export function toFigures(retrieved: readonly Retrieved[]): Figures {
  const figures: Figures = {};
  for (const way of ['keyword', 'dense', 'fused'] as const) {
    const rankings = rank(retrieved, (one) => one[way]);
    figures[`${way}.nDCG@10`] = mean(rankings, (ranking) => ndcg(ranking, 10));
    figures[`${way}.recall@100`] = mean(rankings, (ranking) => recall(ranking, 100));
  }
  const served = rank(retrieved, (one) => one.served);
  figures['served.nDCG@10'] = mean(served, (ranking) => ndcg(ranking, 10));
  return figures;
}

/** One way of ordering as a row of a table: over all queries, then over those with an even and with an odd id. */
export function toRow(name: string, retrieved: readonly Retrieved[], order: Order): string[] {
  const half = (rest: number) => retrieved.filter(({ query }) => Number(query.id) % 2 === rest);
  const first = (some: readonly Retrieved[]) => mean(rank(some, order), (ranking) => ndcg(ranking, 10));
  return [
    name,
    first(retrieved).toFixed(4),
    mean(rank(retrieved, order), (ranking) => recall(ranking, 100)).toFixed(4),
    first(half(0)).toFixed(4),
    first(half(1)).toFixed(4),
  ];
}

function rank(retrieved: readonly Retrieved[], order: Order): Ranking[] {
  return retrieved.map((one) => ({
    found: order(one).map(({ document }) => document),
    judged: one.query.judged,
  }));
}
