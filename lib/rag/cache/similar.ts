import type { CacheState, NearAnswer, Nearness } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import type { CachedAnswer, Question } from '../types.ts';
import { chooseCandidate, comparedWith, searched } from './agreement.ts';
import { isCurrent, type Basis } from './current.ts';
import { withOneGroup } from './groups.ts';
import { objectionsTo, rootsOf, type GuardReason } from './guard.ts';
import type { CacheDependencies, CacheHit } from './lookup.ts';
import { judge } from './thresholds.ts';

/** A near answer, with the group that it has among those that are near. */
export type NearInGroup = NearAnswer & { group: string };

/** What the similar tier has come to. */
export interface Similar {
  /**
   * `none`: nothing is near. `refused`: nothing that is near may be served. `changed`: what it rests on has. `unsure`: too
   * likely to be wrong. `explored`: sure enough, but the model is asked to see whether rightly so. `hit`: served.
   */
  outcome: 'none' | 'refused' | 'changed' | 'unsure' | 'explored' | 'hit';
  /** Why the guard refused answers that were near, nearest first. */
  refused: readonly GuardReason[];
  /** How near the one was that came into question. */
  nearness?: Nearness;
  /** That one, if what it rests on has changed. */
  outdated?: Pick<NearAnswer, 'key' | 'createdAt'>;
  /** That one, if it can be compared with what the model answers. */
  candidate?: NearInGroup;
  /** Those that what the model answers is compared with, the candidate first. */
  compared: readonly NearInGroup[];
  hit?: CacheHit;
  /** What the cache of the scope had learnt by then. */
  counters: CacheState['counters'];
  /** How many questions to count for this one. */
  questions: number;
}

/** A question as the similar tier sees it. */
interface SimilarQuery {
  question: Question;
  shape: string;
  vector: Float32Array;
  state: CacheState;
}

/** Looks for the answer to a question that means the same, and decides whether it may be served. */
export async function findSimilar(
  deps: CacheDependencies,
  { question, shape, vector, state }: SimilarQuery,
  options: CallOptions,
): Promise<Similar> {
  const { scope, text } = question;
  const { counters, purgedAt = '' } = state;
  const found = await deps.answers.nearest({ scope, shape, vector, limit: searched }, options);
  const near = withOneGroup(found.filter(({ createdAt }) => createdAt > purgedAt));
  const { chosen, refused } = chooseNear(text, near);
  const miss = { refused, counters, questions: 1, compared: comparedWith(near, undefined) };
  if (!chosen) return { ...miss, outcome: near.length === 0 ? 'none' : 'refused' };
  const decided = await decide(deps, question, { ...chosen, counters }, options);
  return { ...miss, ...decided, compared: comparedWith(near, decided.candidate) };
}

/** The one that comes into question, and why the guard refused others. */
function chooseNear(text: string, near: readonly NearInGroup[]) {
  const refused: GuardReason[] = [];
  const overruled: GuardReason[] = [];
  const objectionTo = objectionsTo(text);
  const chosen = chooseCandidate(near, {
    objectionTo: ({ question }) => {
      const objection = objectionTo(question);
      if (objection) (objection.swapped ? overruled : refused).push(objection.reason);
      return objection;
    },
    rootsOf: ({ question }) => rootsOf(question),
  });
  return { chosen, refused: chosen ? refused : [...refused, ...overruled] };
}

async function decide(
  deps: CacheDependencies,
  { scope }: Question,
  { entry, nearness, counters }: Pick<CacheState, 'counters'> & { entry: NearInGroup; nearness: Nearness },
  options: CallOptions,
): Promise<Pick<Similar, 'outcome'> & Partial<Similar>> {
  const { verdict, questions } = judge(counters, nearness, deps.maxErrorRate, Math.random);
  const checkedAtMs = performance.now();
  const key = { scope, key: entry.key };
  const [isServable, answer] = await Promise.all([
    isCurrent(deps.documents, scope, entry, options),
    // The answer itself only where it will be served.
    verdict === 'serve' ? deps.answers.get(key, options) : undefined,
  ]);
  if (!isServable) return { outcome: 'changed', nearness, outdated: entry };
  if (verdict === 'serve' && answer) {
    // The index lags behind the entries: this may be another than the one that was judged and checked.
    if (!isOfBasis(answer, entry)) return { outcome: 'changed', nearness };
    const hit: CacheHit = { answer, tier: 'similar', key, nearness, checkedAtMs };
    return { outcome: 'hit', nearness, questions, hit };
  }
  const outcome = verdict === 'explore' ? 'explored' : 'unsure';
  return { outcome, nearness, questions, candidate: entry };
}

function isOfBasis(answer: CachedAnswer, { versions, createdAt }: Basis): boolean {
  const ids = Object.keys(versions);
  return (
    answer.createdAt === createdAt &&
    ids.length === Object.keys(answer.versions).length &&
    ids.every((id) => answer.versions[id] === versions[id])
  );
}
