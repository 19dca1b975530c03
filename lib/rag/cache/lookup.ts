import { within } from '../../async/within.ts';
import type { Run } from '../ask/run.ts';
import type { AnswerKey, AnswerLeases, AnswerStore, CacheState, Lease, Nearness } from '../ports/answers.ts';
import type { DocumentStore } from '../ports/documents.ts';
import type { CachedAnswer, Question } from '../types.ts';
import { answerKey, answerShape, type AnswerModels } from './answer-key.ts';
import { isCurrent, isUnchanged } from './current.ts';
import { createTurn, keepLease } from './lease.ts';
import { findSimilar, type Similar } from './similar.ts';
import { readCounts } from './thresholds-counts.ts';
import { servedCells } from './thresholds.ts';

/** How long the tiers may take to reply, and how long another's answer is waited for. */
const cacheBudgetMs = 1_000;
const similarBudgetMs = 500;
const followBudgetMs = 20_000;

/** How long a question that is ready for the model waits for what the cache has not decided yet. */
const patienceMs = 100;

/** The same once the cache has replied: then a lease or a search is under way, and a call of the model costs more. */
const replyingPatienceMs = 300;

/** The ports of the cache, the models that a cached answer has to be of, and how sure a similar one has to be. */
export interface CacheDependencies {
  answers: AnswerStore;
  leases: AnswerLeases;
  documents: DocumentStore;
  models: AnswerModels;
  /** Share of the answers that similar ones may be wrong in, 0 to 1. */
  maxErrorRate: number;
}

/** A cached answer that may be served. */
export interface CacheHit {
  answer: CachedAnswer;
  tier: 'exact' | 'similar';
  key: AnswerKey;
  /** Of a similar answer. */
  nearness?: Nearness;
  /** When the check began that it is current, by `performance.now()`. */
  checkedAtMs: number;
}

/** What the cache finds out about a question; what is not known yet is absent. */
export interface Findings {
  similar?: Similar;
  /** Under which the lease of the answer was taken, or may have been. */
  holder?: string;
}

/** A lookup that runs, in all tiers. Nothing of it rejects. */
export interface CacheLookup {
  /** What each tier brings: an answer, or undefined. */
  tiers: Promise<CacheHit | undefined>[];
  /**
   * Resolves when the model may be called: no tier has the answer or is about to, and nobody else is making it. Where nothing
   * similar may be served yet, that tier is not waited for.
   */
  clear: (signal: AbortSignal) => Promise<void>;
  /** Whether all has replied that the model had to wait for; where there was nothing to ask it, the exact tier. */
  hasReplied: () => boolean;
}

/**
 * Looks for the answer by the question's key and, with its vector, by nearness; takes the lease of one that is not there, or
 * waits for who has it. What fails or takes too long is as good as a miss. What it finds out is put into `findings`.
 */
export function lookUp(
  deps: CacheDependencies,
  run: Run,
  question: Question,
  { vector, findings }: { vector: Promise<Float32Array>; findings: Findings },
  signal: AbortSignal,
): CacheLookup {
  const key = { scope: question.scope, key: answerKey(question, deps.models) };
  let hasReplied = false;
  let isUndecided = false;
  const exact = run.spare('cache', cacheBudgetMs, signal, undefined, async (signal) => {
    const found = await findExact(deps, key, signal);
    hasReplied = true;
    return found;
  });

  const turn = createTurn(deps, key, () => {
    run.work.track(keepLease(deps.leases, key, turn.holder, { signal: run.signal }));
  });
  const begun = exact.then(async (found) => {
    if (!found || found.hit) return undefined;
    findings.holder = turn.holder;
    return run.spare('cache', cacheBudgetMs, signal, 'alone', (signal) =>
      turn.begin(found.lease, { signal }),
    );
  });
  let isFollowing = false;
  const followed = Promise.all([exact, begun]).then(async ([found, begun]) => {
    isFollowing = begun === 'follow';
    if (!isFollowing) return undefined;
    return run.spare('wait', followBudgetMs, signal, undefined, async (signal) => {
      const answer = await turn.follow(found?.outdated, { signal });
      return answer && toCurrentHit(deps, key, answer, signal);
    });
  });

  const isServing = exact.then((found) => found !== undefined && mayServe(found.state, deps.maxErrorRate));
  const searching = Promise.all([exact, isServing, vector.catch(() => undefined)]);
  const similar = searching.then(async ([found, isServing, vector]) => {
    if (!found || found.hit || !vector) return undefined;
    // What is only learnt from goes on beside the model's answer.
    const parent = isServing ? signal : run.signal;
    return run.spare('similar', similarBudgetMs, parent, undefined, async (signal) => {
      const shape = answerShape(question, deps.models);
      const query = { question, shape, vector, state: found.state };
      findings.similar = await findSimilar(deps, query, { signal });
      return findings.similar.hit;
    });
  });

  return {
    tiers: [exact.then((found) => found?.hit), followed, similar],
    clear: async (signal) => {
      // What is late is not waited for; what is failing was told by its step.
      const near = isServing.then((isServing) => (isServing ? similar : undefined));
      const deciding = Promise.all([begun, near]).finally(() => (isUndecided = false));
      isUndecided = true;
      const limitMs = hasReplied ? replyingPatienceMs : patienceMs;
      const [, found] = await within(limitMs, signal, () => deciding).catch(() => []);
      signal.throwIfAborted();
      const hit = found ?? (isFollowing ? await followed : undefined);
      // The race is about to end this way; the model must not be called meanwhile.
      if (hit) throw new DOMException('There is an answer.', 'AbortError');
    },
    hasReplied: () => hasReplied && !isUndecided,
  };
}

/** Whether the cache of a scope has learnt enough to serve any similar answer, however near it is. */
function mayServe({ counters }: CacheState, maxErrorRate: number): boolean {
  return servedCells(readCounts(counters), maxErrorRate).size > 0;
}

/** What lies under the question's key. */
interface Found {
  hit?: CacheHit;
  /** When an answer was made that is out of date. */
  outdated?: string;
  state: CacheState;
  lease?: Lease;
}

async function findExact(deps: CacheDependencies, key: AnswerKey, signal: AbortSignal): Promise<Found> {
  const { answer, ...found } = await deps.answers.find(key, { signal });
  const hit = answer && (await toCurrentHit(deps, key, answer, signal));
  if (hit) return { ...found, hit };
  return { ...found, ...(answer && { outdated: answer.createdAt }) };
}

/** The answer as a hit, if what it rests on has not changed. */
async function toCurrentHit(
  { documents }: CacheDependencies,
  key: AnswerKey,
  answer: CachedAnswer,
  signal: AbortSignal,
): Promise<CacheHit | undefined> {
  const checkedAtMs = performance.now();
  const [isSame, isAllThere] = await Promise.all([
    isCurrent(documents, key.scope, answer, { signal }),
    answer.finishReason === 'stop' || isUnchanged(documents, key.scope, answer.createdAt, { signal }),
  ]);
  return isSame && isAllThere ? { answer, tier: 'exact', key, checkedAtMs } : undefined;
}
