import { mapBounded } from '../lib/async/map-bounded.ts';
import { retrieve, type RetrieveDependencies } from '../lib/rag/retrieve/retrieve.ts';
import { startRun, type Run } from '../lib/rag/ask/run.ts';
import { questionTerms } from '../lib/rag/retrieve/terms.ts';
import type { Hit, KeywordHit } from '../lib/rag/types.ts';
import type { ScifactQuery } from './scifact.ts';
import { scope } from './scifact-stores.ts';

/** Candidates of each search: what recall is counted over, and what a question with the default `topK` has. */
export const depths = { all: 100, served: 16 };

/** Passes over the queries until no search has a figure left to count. */
const maxCountingPasses = 4;

/** Queries under way at once. */
const queriesAtOnce = 4;

const telemetry = {
  asked: () => {},
  degraded: () => {},
  ingested: () => {},
  worked: () => {},
  failed: () => {},
};

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
  onProgress: (done: number) => void,
): Promise<Retrieved[]> {
  const { signal } = new AbortController();
  for (let pass = 1; pass <= maxCountingPasses; pass += 1) {
    if ((await countFigures(stores, queries, signal)) === 0) break;
  }
  let done = 0;
  return mapBounded(queries, { limit: queriesAtOnce, signal }, async (query, _, signal) => {
    const all = await retrieveQuery(stores, query, depths.all, signal);
    const served = await retrieveQuery(stores, query, depths.served, signal);
    done += 1;
    onProgress(done);
    return { query, ...all, served: served.fused };
  });
}

/** Searches for every query and does what the searches leave to be done afterwards. Resolves to how much that was. */
async function countFigures(
  { keywords }: RetrieveDependencies,
  queries: readonly ScifactQuery[],
  signal: AbortSignal,
): Promise<number> {
  let counted = 0;
  await mapBounded(queries, { limit: queriesAtOnce, signal }, async ({ text }, _, signal) => {
    const work: Work[] = [];
    const later = (one: Work) => void work.push(one);
    await keywords.search({ scope, terms: questionTerms(text), limit: 1 }, { signal, later });
    for (const one of work) await one(signal);
    counted += work.length;
  });
  return counted;
}

type Work = (signal: AbortSignal) => Promise<void>;

async function retrieveQuery(
  stores: RetrieveDependencies,
  query: ScifactQuery,
  limit: number,
  signal: AbortSignal,
): Promise<Omit<Retrieved, 'query' | 'served'>> {
  const heard = { keyword: [] as KeywordHit[], dense: [] as Hit[] };
  const run = startRun(telemetry, signal);
  // What is measured is the order, and not whether a busy machine keeps to the budget of a step.
  const patient: Run = { ...run, spare: (_, __, parent, ___, work) => work(parent) };
  const asked = { scope, text: query.text, limit };
  const vector = Promise.resolve(query.vector);
  const fused = await retrieve(listeningTo(stores, heard), patient, asked, vector, signal);
  return { ...heard, fused };
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
