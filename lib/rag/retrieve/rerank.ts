import { embeddedText } from '../ingest/chunking.ts';
import type { Reranker } from '../ports/models.ts';
import type { Run } from '../ask/run.ts';
import type { Hit } from '../types.ts';

/** How long reranking may take; without it the order is the one that search gave. */
const rerankBudgetMs = 400;

/** Passages that are read again, whatever the number of sources asked for: what search found late may be the best. */
export const maxReranked = 50;

/**
 * The hits in the order that a model gives which reads question and passage together, with its scores; the rest follow as
 * they came. Where it fails or takes too long, all stay as they came and the answer says so. One hit has no order.
 */
export async function rerankHits(
  reranker: Reranker | undefined,
  run: Run,
  query: string,
  hits: readonly Hit[],
  parent: AbortSignal,
): Promise<readonly Hit[]> {
  if (!reranker || hits.length < 2) return hits;
  const first = hits.slice(0, maxReranked);
  // As they were embedded: title and headings often name what the passage does not.
  const texts = first.map(embeddedText);
  const scores = await run.spare('rerank', rerankBudgetMs, parent, undefined, (signal) =>
    reranker.rerank(query, texts, { signal }),
  );
  parent.throwIfAborted();
  if (!scores) return hits;
  const ranked = first.map((hit, index) => ({ ...hit, score: scores[index] ?? 0 }));
  return [...ranked.toSorted((a, b) => b.score - a.score), ...hits.slice(maxReranked)];
}
