import { RagError } from '../errors.ts';
import type { JobMessage } from '../ports/jobs.ts';
import type { FailureReason } from '../types.ts';
import {
  deliverWebhook,
  isAttemptDue,
  type DeliverDependencies,
  type DeliverOutcome,
} from './deliver-webhook.ts';
import { holdJob, leaseMs, type HeldJob } from './hold-job.ts';
import { endJob, runJob, type Run, type RunDependencies, type RunOutcome } from './run-job.ts';
import type { WorkOptions } from './turn.ts';

/** How long a webhook waits for whoever has the job: that one is about to note its end, or at an attempt of its own. */
const attemptWaitMs = 5_000;

/** The ports of the work at jobs. */
export type TakeJobDependencies = RunDependencies & DeliverDependencies;

/** What is known of the delivery of a message; `attempt` is which one this is, from 1. */
export interface TakeJobOptions extends WorkOptions {
  attempt: number;
  /** How often a message is tried: a delivery after that only ends what it was about. */
  tries: number;
}

/** `waiting` where it was too early or another is at it; `gone` where there is no such job any more. */
export type TakeJobOutcome = RunOutcome | DeliverOutcome | 'waiting' | 'gone';

/**
 * Does what a message about a job asks for: to answer its questions, or to make an attempt at its webhook. What was done
 * before is not done again, so that messages may come any number of times, and what is left to do is sent on as a message of
 * its own. Throws what may pass; on a delivery after the last try, what it failed for.
 */
export type TakeJob = (message: JobMessage, options: TakeJobOptions) => Promise<TakeJobOutcome>;

/** Creates the work at jobs over its ports. */
export function createTakeJob(deps: TakeJobDependencies): TakeJob {
  return async (message, options) => {
    const { signal } = options;
    const { tenant, id, dueAtMs = 0 } = message;
    if (dueAtMs > Date.now()) {
      await deps.queue.send(message, { signal });
      return 'waiting';
    }
    const done = await holdJob(deps.jobs, { tenant, id }, { signal }, (held) =>
      work(deps, held, message, options),
    );
    if (!done) return comeAgain(deps, message, options);
    const { outcome, rest } = done;
    // Only now: whoever gets it at once finds the job free.
    if (outcome === 'continued') await deps.queue.send({ tenant, id, ...rest }, { signal });
    return outcome;
  };
}

async function work(
  deps: TakeJobDependencies,
  held: HeldJob,
  { attempt, fruitless }: JobMessage,
  options: TakeJobOptions,
): Promise<Run<RunOutcome | DeliverOutcome>> {
  if (options.attempt > options.tries) return giveUp(deps, held, attempt);
  if (attempt !== undefined) return { outcome: await deliverWebhook(deps, held, attempt) };
  return runJob(deps, held, { closing: options.closing, fruitless });
}

/** Another has the job and may yet leave it unfinished: then there is somebody to take it up. */
async function comeAgain(
  { jobs, queue }: TakeJobDependencies,
  message: JobMessage,
  { signal }: TakeJobOptions,
): Promise<'waiting' | 'gone'> {
  if (!(await jobs.get(message, { signal }))) return 'gone';
  const waitMs = message.attempt === undefined ? leaseMs : attemptWaitMs;
  await queue.send({ ...message, dueAtMs: Date.now() + waitMs }, { signal });
  return 'waiting';
}

/** Ends what the tries are used up for, so that nobody waits for it, and throws why. What has ended before is left alone. */
async function giveUp(
  deps: TakeJobDependencies,
  held: HeldJob,
  attempt: number | undefined,
): Promise<Run<'unchanged'>> {
  const { job } = held;
  const isOver = attempt === undefined ? job.endedAt !== undefined : !isAttemptDue(job, attempt);
  if (isOver) return { outcome: 'unchanged' };
  const error = interrupted(attempt === undefined ? 'The job' : 'The webhook');
  if (attempt === undefined) {
    const reason: FailureReason = job.reason ?? { code: error.code, message: error.message };
    await endJob(deps, held, { state: 'failed', reason });
  } else await giveUpWebhook(deps, held, error.message);
  throw error;
}

async function giveUpWebhook(
  { jobs, telemetry }: TakeJobDependencies,
  { job, holder, signal }: HeldJob,
  reason: string,
): Promise<void> {
  const { nextAt: _, ...delivery } = job.delivery ?? { attempts: 0 };
  const isNoted = await jobs.update(
    job,
    holder,
    { delivery: { ...delivery, state: 'failed', reason } },
    { signal },
  );
  if (isNoted) telemetry.worked({ what: 'webhook', outcome: 'failed' });
}

function interrupted(what: string): RagError {
  return new RagError('interrupted', `${what} was tried several times, and none of them came to an end.`);
}
