import type { Job, JobResult } from '../ports/jobs.ts';

/** A body is no larger than this: receivers have limits, too. */
const maxBodyBytes = 256 * 1024;

/**
 * What a webhook tells, in the form that the Standard Webhooks specification recommends: the job with its results or, where
 * these are too much, with the path to read them at.
 */
export function webhookBody(job: Job, results: readonly JobResult[]): string {
  const { id, state, questions, reason, endedAt: timestamp } = job;
  const failed = state === 'failed' && { reason };
  const toBody = (rest: object) =>
    JSON.stringify({ type: `job.${state}`, timestamp, data: { id, state, questions, ...failed, ...rest } });
  const body = toBody({ results });
  const isTooLarge = new TextEncoder().encode(body).length > maxBodyBytes;
  return isTooLarge ? toBody({ path: `/jobs/${id}` }) : body;
}
