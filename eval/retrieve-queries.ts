import { retrieve, type RetrieveDependencies } from '../lib/rag/retrieve.ts';
import { startRun } from '../lib/rag/run.ts';
import type { Hit, KeywordHit } from '../lib/rag/types.ts';
import type { ScifactQuery } from './scifact.ts';
import { scope } from './scifact-stores.ts';

/** Candidates of each search: what recall is counted over, and what a question with the default `topK` has. */
export const depths = { all: 100, served: 16 };

/** Passes over the queries until no search has a figure left to count. */
const maxPasses = 3;

/** How often a query is asked again because the machine was too busy for the budget of keyword search. */
const maxAttempts = 5;

/** What was found for a query by each search and by both; `served` is of the depth that serves. */
export interface Retrieved {
  query: ScifactQuery;
  keyword: readonly KeywordHit[];
  dense: readonly Hit[];
  fused: readonly Hit[];
  served: readonly Hit[];
}

/** Retrieves every query as `POST /ask` does, once the figures that searches have counted afterwards are there. */
export async function retrieveQueries(
  stores: RetrieveDependencies,
  queries: readonly ScifactQuery[],
  onProgress: (pass: number, done: number) => void,
): Promise<Retrieved[]> {
  for (let pass = 1; ; pass += 1) {
    const retrieved: Retrieved[] = [];
    let counted = 0;
    for (const query of queries) {
      const all = await retrieveQuery(stores, query, depths.all);
      const served = await retrieveQuery(stores, query, depths.served);
      const { keyword, dense, fused } = all;
      retrieved.push({ query, keyword, dense, fused, served: served.fused });
      counted += all.counted + served.counted;
      onProgress(pass, retrieved.length);
    }
    if (counted === 0 || pass === maxPasses) return retrieved;
  }
}

interface One extends Omit<Retrieved, 'query' | 'served'> {
  /** Figures that were counted afterwards. */
  counted: number;
}

async function retrieveQuery(stores: RetrieveDependencies, query: ScifactQuery, limit: number): Promise<One> {
  const { signal } = new AbortController();
  const telemetry = { asked: () => {}, degraded: () => {}, ingested: () => {}, failed: () => {} };
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const heard = { keyword: [] as KeywordHit[], dense: [] as Hit[] };
    const work: ((signal: AbortSignal) => Promise<void>)[] = [];
    using run = startRun(telemetry, { signal, budgetMs: 60_000, later: (one) => void work.push(one) });
    const vector = Promise.resolve(query.vector);
    const fused = await retrieve(
      listeningTo(stores, heard),
      run,
      { scope, text: query.text, limit },
      vector,
      signal,
    );
    for (const one of work) await one(signal);
    if (run.degraded.size === 0) return { ...heard, fused, counted: work.length };
  }
  throw new Error(`Query ${query.id} had to go without keywords.`);
}

/** The stores, noting what each of the two searches brings. */
function listeningTo(
  { chunks, keywords }: RetrieveDependencies,
  heard: { keyword: KeywordHit[]; dense: Hit[] },
): RetrieveDependencies {
  return {
    chunks: { ...chunks, search: async (...call) => (heard.dense = await chunks.search(...call)) },
    keywords: { ...keywords, search: async (...call) => (heard.keyword = await keywords.search(...call)) },
  };
}
