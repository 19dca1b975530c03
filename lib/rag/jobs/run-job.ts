import { mapBounded } from '../../async/map-bounded.ts';
import { RagError, toRagError } from '../errors.ts';
import type { FailureReason } from '../types.ts';
import type { JobQueue, JobStore } from '../ports/jobs.ts';
import { answerQuestion, type AnswerDependencies, type WorkOptions } from './answer-question.ts';
import type { HeldJob } from './hold-job.ts';

/** Questions of one job that are answered at once. */
const questionsAtOnce = 8;

/** When the webhook is sent: the end is noted by then, and the job is free. */
const firstAttemptMs = 1_000;

/** How long a failure may take to be noted; the time of the run itself may be what is over. */
const noteMs = 3_000;

/** The ports of a job's questions. */
export interface RunDependencies extends AnswerDependencies {
  jobs: JobStore;
  queue: JobQueue;
}

/** How a run ended: with all answered, with some left for another run, or with nothing to do. */
export type RunOutcome = 'done' | 'continued' | 'unchanged';

/**
 * Answers those questions of a job that have no result yet, and stores each result as it comes. What there is no time for
 * is left for another run. Throws what may pass, with the reason noted in the job.
 */
export async function runJob(
  deps: RunDependencies,
  held: HeldJob,
  closing: AbortSignal,
): Promise<RunOutcome> {
  const { job } = held;
  if (job.state === 'done' || job.state === 'failed') return 'unchanged';
  try {
    return await answerOpen(deps, held, { signal: held.signal, closing });
  } catch (error) {
    const { code, message } = toRagError(error);
    const signal = AbortSignal.timeout(noteMs);
    await deps.jobs.update(job, held.holder, { reason: { code, message } }, { signal }).catch(() => {});
    throw error;
  }
}

async function answerOpen(
  deps: RunDependencies,
  { job, holder }: HeldJob,
  options: WorkOptions,
): Promise<RunOutcome> {
  const { jobs } = deps;
  const [questions, results] = await Promise.all([
    jobs.questions(job, options),
    jobs.results(job, options),
    job.state === 'queued' && jobs.update(job, holder, { state: 'running' }, options),
  ]);
  const known = new Set(results.map(({ index }) => index));
  const open = questions
    .map((question, index) => ({ question, index }))
    .filter(({ index }) => !known.has(index));
  let left = open.length;
  await mapBounded(open, { ...options, limit: questionsAtOnce }, async (asked, _, signal) => {
    const result = await answerQuestion(deps, job, asked, { ...options, signal });
    if (!result) return;
    await jobs.addResult(job, result, { signal });
    left -= 1;
  });
  if (left > 0) return 'continued';
  await endJob(deps, { job, holder, signal: options.signal }, { state: 'done' });
  return 'done';
}

/** Ends a job, with word of it to its webhook. */
export async function endJob(
  { jobs, queue }: Pick<RunDependencies, 'jobs' | 'queue'>,
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
}
