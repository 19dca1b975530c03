import { createAfterResponse } from '../../async/after-response.ts';
import { retry, type RetryPolicy } from '../../async/retry.ts';
import type { Ask } from '../ask/ask.ts';
import { collectAnswer } from '../ask/collect.ts';
import { tokensToReserve } from '../ask/reserve.ts';
import { RagError, toRagError } from '../errors.ts';
import type { Admission } from '../ports/access.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Job, JobResult } from '../ports/jobs.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Question } from '../types.ts';
import type { Turn } from './turn.ts';

/** How long cache write, usage and metrics may take. */
const afterResponseMs = 1_500;

/** Nobody waits in front of a screen, so what may pass is waited for longer than an answer at once would. */
const policy: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 2_000,
  maxDelayMs: 30_000,
  isRetryable: (error) => error instanceof RagError && error.retryable && !isOfLimit(error),
  retryAfterMs: (error) => (error instanceof RagError ? error.retryAfterMs : undefined),
};

/** How a question of a job is answered, and who lets it be asked. */
export interface AnswerDependencies {
  ask: Ask;
  /** Time for a whole answer. */
  budgetMs: number;
  /** Leave to ask, on behalf of who brought the job, at the time of asking. */
  admit: (
    job: Pick<Job, 'tenant' | 'keyId'>,
    question: { collection: string; tokens: number },
    options: CallOptions,
  ) => Promise<Admission>;
  telemetry: Telemetry;
}

/**
 * Answers one question of a job, as often as it takes. What cannot be answered has its error as the result; undefined where
 * the turn was closed before it was asked, or leaves it to another after it failed. Throws the signal's reason.
 */
export async function answerQuestion(
  deps: AnswerDependencies,
  job: Job,
  { question, index }: { question: Question; index: number },
  turn: Turn,
): Promise<JobResult | undefined> {
  const { signal, closing } = turn;
  const waiting = AbortSignal.any([signal, closing]);
  let failure: unknown;
  const attempt = async () => {
    waiting.throwIfAborted();
    try {
      return await askOnce(deps, job, question, signal);
    } catch (error) {
      if (!isOfLimit(error)) failure = error;
      throw error;
    }
  };
  try {
    const answer = await unhurried(() => retry(attempt, policy, { signal: waiting }), turn);
    return { index, answer };
  } catch (error) {
    signal.throwIfAborted();
    // What the turn is closed for is no failure of the question's, but it may have had one of its own.
    if (closing.aborted && (failure === undefined || (policy.isRetryable(failure) && turn.leave())))
      return undefined;
    const { code, message, retryable, status } = toRagError(failure ?? error);
    if (status >= 500) deps.telemetry.failed('question of a job', failure ?? error);
    return { index, error: { code, message, retryable } };
  }
}

/** Waits for the limit of the key: it is there to be kept and not to fail what can wait. */
async function unhurried<T>(work: () => Promise<T>, turn: Turn): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isOfLimit(error)) throw error;
      await turn.waitForLimit(Math.max(1_000, error.retryAfterMs ?? 0));
    }
  }
}

function isOfLimit(error: unknown): error is RagError {
  return error instanceof RagError && error.code === 'rate_limited';
}

async function askOnce(
  { ask, admit, budgetMs, telemetry }: AnswerDependencies,
  job: Job,
  question: Question,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const afterResponse = createAfterResponse((error) => telemetry.failed('question of a job', error));
  const collection = question.scope.slice(question.scope.indexOf('/') + 1);
  // Before it is asked, not beside it: who is refused has cost nothing, and is asked again later.
  const admission = await admit(job, { collection, tokens: tokensToReserve(question) }, { signal });
  try {
    const options = { signal, budgetMs, afterResponse, admission: Promise.resolve(admission) };
    return await collectAnswer(ask(question, options));
  } finally {
    await afterResponse.settle(afterResponseMs);
  }
}
