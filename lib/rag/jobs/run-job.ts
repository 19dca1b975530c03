import { mapBounded } from '../../async/map-bounded.ts';
import { retry, type RetryPolicy } from '../../async/retry.ts';
import { RagError, toRagError } from '../errors.ts';
import type { FailureReason } from '../types.ts';
import type { JobMessage, JobQueue, JobResult, JobStore } from '../ports/jobs.ts';
import { answerQuestion, type AnswerDependencies } from './answer-question.ts';
import type { HeldJob } from './hold-job.ts';
import { startTurn, type Turn } from './turn.ts';

/** Questions of one job that are answered at once. */
const questionsAtOnce = 8;

/** When the webhook is sent: the end is noted by then, and the job is free. */
const firstAttemptMs = 1_000;

/** How long a failure may take to be noted; the time of the run itself may be what is over. */
const noteMs = 3_000;

/** An answer that is there has been paid for, so it is stored with some patience. */
const storing: RetryPolicy = {
  ...{ attempts: 4, baseDelayMs: 500, maxDelayMs: 2_000, retryAfterMs: () => undefined },
  isRetryable: (error) => error instanceof RagError && error.retryable,
};

/** The ports of a job's questions. */
export interface RunDependencies extends AnswerDependencies {
  jobs: JobStore;
  queue: JobQueue;
}

/** How a run ended: with all answered, with some left for another run, or with nothing to do. */
export type RunOutcome = 'done' | 'continued' | 'unchanged';

/** How a run ended and, for the message about its rest, when that is due and how many runs came to nothing by now. */
export interface Run<Outcome = RunOutcome> {
  outcome: Outcome;
  rest?: Pick<JobMessage, 'dueAtMs' | 'fruitless'>;
}

/**
 * Answers those questions of a job that have no result yet, and stores each result as it comes. What there is no time for,
 * and what the limit of the key does not allow soon, is left for another run. Throws what may pass, with the reason noted
 * in the job.
 */
export async function runJob(
  deps: RunDependencies,
  held: HeldJob,
  { closing, fruitless = 0 }: { closing: AbortSignal; fruitless?: number | undefined },
): Promise<Run> {
  const { job, signal } = held;
  if (job.state === 'done' || job.state === 'failed') return { outcome: 'unchanged' };
  try {
    return await answerOpen(deps, held, startTurn({ signal, closing }, fruitless));
  } catch (error) {
    const { code, message } = toRagError(error);
    const noting = { signal: AbortSignal.timeout(noteMs) };
    await deps.jobs.update(job, held.holder, { reason: { code, message } }, noting).catch(() => {});
    throw error;
  }
}

async function answerOpen(deps: RunDependencies, held: HeldJob, turn: Turn): Promise<Run> {
  const { jobs } = deps;
  const { job, holder, signal } = held;
  const [questions, results] = await Promise.all([
    jobs.questions(job, { signal }),
    jobs.results(job, { signal }),
    job.state === 'queued' && jobs.update(job, holder, { state: 'running' }, { signal }),
  ]);
  const known = new Set(results.map(({ index }) => index));
  const open = questions
    .map((question, index) => ({ question, index }))
    .filter(({ index }) => !known.has(index));
  let left = open.length;
  // A failure lets nothing be begun, but by the signal of the job what was begun goes on to its end: it has cost something.
  await mapBounded(open, { signal, limit: questionsAtOnce }, async (asked) => {
    const result = await answerQuestion(deps, job, asked, turn);
    if (!result) return;
    await storeResult(deps, held, result);
    left -= 1;
  });
  if (left > 0) return { outcome: 'continued', rest: toRest(turn, open.length - left) };
  await endJob(deps, held, { state: 'done' });
  return { outcome: 'done' };
}

function toRest(turn: Turn, results: number): NonNullable<Run['rest']> {
  const dueAtMs = turn.dueAtMs();
  const fruitless = turn.fruitless(results);
  return { ...(dueAtMs !== undefined && { dueAtMs }), ...(fruitless > 0 && { fruitless }) };
}

async function storeResult(
  { jobs, telemetry }: RunDependencies,
  { job, signal }: HeldJob,
  result: JobResult,
): Promise<void> {
  await retry(() => jobs.addResult(job, result, { signal }), storing, { signal });
  telemetry.worked({ what: 'question', outcome: 'answer' in result ? 'answered' : 'failed' });
}

/** Ends a job, with word of it to its webhook. */
export async function endJob(
  { jobs, queue, telemetry }: Pick<RunDependencies, 'jobs' | 'queue' | 'telemetry'>,
  { job, holder, signal }: HeldJob,
  end: { state: 'done' } | { state: 'failed'; reason: FailureReason },
): Promise<void> {
  // Before it is noted: what is noted is not looked at again, and word of what is not noted is left unsaid.
  if (job.webhook) {
    const { tenant, id } = job;
    await queue.send({ tenant, id, attempt: 1, dueAtMs: Date.now() + firstAttemptMs }, { signal });
  }
  const isEnded = await jobs.update(job, holder, { ...end, endedAt: new Date().toISOString() }, { signal });
  if (!isEnded) throw new RagError('conflict', 'Another took over the job.');
  telemetry.worked({ what: 'job', outcome: end.state });
}
