import { firstDefined } from '../../async/first-defined.ts';
import { lookUp, type CacheDependencies, type CacheHit, type Findings } from '../cache/lookup.ts';
import type { Question } from '../types.ts';
import { embedText, prepareAnswer, type Prepared, type PrepareDependencies } from './prepare.ts';
import type { Run } from './run.ts';

/** The ports of both ways. */
export interface RaceDependencies extends PrepareDependencies, CacheDependencies {}

/** What an answer streams from. */
export type Winner = { hit: CacheHit } | { prepared: Prepared };

/** The race's end. */
export interface Race {
  won: Winner;
  /** The question's own. */
  vector: Promise<Float32Array>;
}

/**
 * Starts the cache lookup and the whole way to an accepted model call at once. The first that has an answer wins and ends
 * the others by abort; a failure counts only if no other way brings anything. What the cache finds out goes to `findings`.
 */
export async function raceToAnswer(
  deps: RaceDependencies,
  run: Run,
  question: Question,
  findings: Findings,
): Promise<Race> {
  const looking = new AbortController();
  const working = new AbortController();
  const signal = AbortSignal.any([run.signal, working.signal]);
  // The embedding first: all else on the way to the first token waits for it, and for nothing that starts after it.
  const vector = embedText(deps.embeddings, run, question.text, signal);
  const lookup =
    question.cache === 'use'
      ? lookUp(deps, run, question, { vector, findings }, AbortSignal.any([run.signal, looking.signal]))
      : undefined;
  const work = prepareAnswer(deps, run, question, { vector, clear: lookup?.clear }, signal);
  const ways: Promise<Winner | undefined>[] = (lookup?.tiers ?? []).map(async (tier) => {
    const hit = await tier;
    return hit && { hit };
  });
  ways.push(work.then((prepared) => ({ prepared })));
  // What only it still waits for ends with it; a similar answer may still be found with a vector that is there.
  work.catch((error: unknown) => working.abort(error));
  run.work.track(vector);
  for (const way of ways) run.work.track(way);

  const won = await firstDefined(ways);
  if (!won) throw new Error('All ways ended without an answer and without an error.');
  const lost = new DOMException('Another way was faster.', 'AbortError');
  if ('hit' in won) working.abort(lost);
  // A cache that is slower than the whole way to the model was as good as none.
  else if (lookup && !lookup.hasReplied()) run.degraded.add('cache');
  looking.abort(lost);
  return { won, vector };
}
