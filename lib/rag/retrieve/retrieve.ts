import { setImmediate as othersTurn } from 'node:timers/promises';
import { fitsFilter } from './filter.ts';
import { fuse, placeKey } from './fusion.ts';
import type { ChunkStore, KeywordIndex } from '../ports/knowledge.ts';
import type { Run } from '../ask/run.ts';
import { questionTerms } from './terms.ts';
import type { Chunk, Filter, Hit, KeywordHit, Scope } from '../types.ts';

/** How long keyword search and the reading of its texts may take. They run beside the embedding and the vector search. */
const keywordBudgetMs = 400;

/**
 * Hits looked at where they are still to be checked against a filter: as many as their texts can be read at once. Words
 * know nothing of metadata.
 */
const filteredKeywordHits = 100;

export interface RetrieveDependencies {
  chunks: ChunkStore;
  keywords: KeywordIndex;
}

export interface RetrieveQuery {
  scope: Scope;
  text: string;
  /** How many chunks at most, 2 to 100; each of the two searches brings as many. */
  limit: number;
  filter?: Filter;
}

/**
 * The chunks that fit a question best, by meaning and by words. Keyword search needs no embedding and starts beside it; the
 * vector search starts with the vector. Keywords degrade: without them the order is the vector search's. Versions are not
 * checked here.
 */
export async function retrieve(
  deps: RetrieveDependencies,
  run: Run,
  query: RetrieveQuery,
  vector: Promise<Float32Array>,
  signal: AbortSignal,
): Promise<Hit[]> {
  const matching = matchKeywords(deps, run, query, signal);
  const nearest = await findNearest(deps, run, query, await vector, signal);
  const { hits, texts } = await matching;
  for (const { score: _, ...chunk } of nearest) texts.set(placeKey(chunk), chunk);
  return fuseSearches(nearest, hits, query.limit)
    .flatMap((place) => {
      const chunk = texts.get(placeKey(place));
      return chunk ? [{ ...chunk, score: place.score }] : [];
    })
    .slice(0, query.limit);
}

/** One order out of what was found by meaning and what was found by words, of searches for `limit` hits each. */
export function fuseSearches(nearest: readonly Hit[], matching: readonly KeywordHit[], limit: number) {
  // Weights and zeros are measured (docs/decisions/0008-fusion-by-scores.md).
  return fuse([
    {
      hits: nearest,
      weight: 0.5,
      // What cosine means nothing differs from model to model, from 0 to 0.7; half of the lowest found is never far off.
      zero: (lowest) => (lowest > 0 ? lowest / 2 : lowest),
      isCut: nearest.length >= limit,
    },
    // BM25 has a zero of its own: no word in common.
    { hits: matching, weight: 0.5, zero: () => 0, isCut: matching.length >= limit },
  ]);
}

function findNearest(
  deps: RetrieveDependencies,
  run: Run,
  { scope, limit, filter }: RetrieveQuery,
  vector: Float32Array,
  signal: AbortSignal,
): Promise<Hit[]> {
  const query = { scope, vector, limit, ...(filter && { filter }) };
  return run.step('search', () => deps.chunks.search(query, { signal }));
}

interface Matching {
  hits: readonly KeywordHit[];
  /** The best of them, by `placeKey`. */
  texts: Map<string, Chunk>;
}

/**
 * Searches by words and reads the texts of the better half at once, without waiting for the vector search to show which
 * of them it brings itself: a hit that only this search found cannot come before those that this search prefers, so the
 * other half cannot be among the best half of all. With a filter all texts are read, since only they tell what fits.
 */
function matchKeywords(
  deps: RetrieveDependencies,
  run: Run,
  { scope, text, limit, filter }: RetrieveQuery,
  signal: AbortSignal,
): Promise<Matching> {
  const nothing: Matching = { hits: [], texts: new Map() };
  return run.spare('keyword', keywordBudgetMs, signal, nothing, async (signal) => {
    const terms = questionTerms(text);
    if (terms.length === 0) return nothing;
    // A dozen queries take milliseconds to put together, and the vector is waited for longer: its request leaves first.
    await othersTurn(undefined, { signal });
    const query = { scope, terms, limit: filter ? filteredKeywordHits : limit };
    const hits = await deps.keywords.search(query, { signal, later: run.work.add });
    const places = filter ? hits : hits.slice(0, Math.ceil(limit / 2));
    const chunks = places.length > 0 ? await deps.chunks.getMany({ scope, places }, { signal }) : [];
    const texts = new Map(chunks.map((chunk) => [placeKey(chunk), chunk]));
    if (!filter) return { hits, texts };
    const fits = (hit: KeywordHit) => {
      const chunk = texts.get(placeKey(hit));
      return chunk !== undefined && fitsFilter(filter, chunk.metadata);
    };
    return { hits: hits.filter(fits).slice(0, limit), texts };
  });
}
