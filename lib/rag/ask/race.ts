import type { AfterResponse } from '../../async/after-response.ts';
import { firstDefined } from '../../async/first-defined.ts';
import { findExactAnswer, type AnswerModels } from '../cache/exact-answer.ts';
import type { AnswerStore } from '../ports/answers.ts';
import { prepareAnswer, type Prepared, type PrepareDependencies } from './prepare.ts';
import type { Run } from './run.ts';
import type { CachedAnswer, Question } from '../types.ts';

/** How long the cache may take to reply. */
const cacheBudgetMs = 1_000;

/** The ports of both ways, and the models that a cached answer has to be of. */
export interface RaceDependencies extends PrepareDependencies {
  answers: AnswerStore;
  models: AnswerModels;
}

/** What an answer streams from. */
export type Winner = { cached: CachedAnswer } | { prepared: Prepared };

/**
 * Starts the cache lookup and the whole way to an accepted model call at once. The first that has an answer wins and ends
 * the other by abort; a failure counts only if the other way brings nothing either.
 */
export async function raceToAnswer(
  deps: RaceDependencies,
  run: Run,
  question: Question,
  afterResponse: AfterResponse,
): Promise<Winner> {
  const looking = new AbortController();
  const working = new AbortController();
  const work = prepareAnswer(deps, run, question, AbortSignal.any([run.signal, working.signal]));
  const lookup = lookUp(deps, run, question, AbortSignal.any([run.signal, looking.signal]));
  let lookedUp = false;
  const cached = lookup.then((answer) => {
    lookedUp = true;
    return answer && { cached: answer };
  });
  const prepared = work.then((prepared) => ({ prepared }));
  afterResponse.track(cached);
  afterResponse.track(prepared);

  const winner = await firstDefined<Winner>([cached, prepared]);
  if (!winner) throw new Error('Both ways ended without an answer and without an error.');
  const lost = new DOMException('Another way was faster.', 'AbortError');
  if ('cached' in winner) {
    working.abort(lost);
  } else {
    // A cache that is slower than the whole way to the model was as good as none.
    if (!lookedUp) run.degraded.add('cache');
    looking.abort(lost);
  }
  return winner;
}

async function lookUp(
  deps: RaceDependencies,
  run: Run,
  question: Question,
  signal: AbortSignal,
): Promise<CachedAnswer | undefined> {
  if (question.cache !== 'use') return undefined;
  return run.spare('cache', cacheBudgetMs, signal, undefined, (signal) =>
    findExactAnswer(deps, question, deps.models, { signal }),
  );
}
