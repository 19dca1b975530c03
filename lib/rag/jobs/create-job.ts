import { randomBytes } from 'node:crypto';
import type { CallOptions } from '../ports/call.ts';
import type { Job, JobQueue, JobStore, WebhookSecrets } from '../ports/jobs.ts';
import type { Question } from '../types.ts';

/** What a caller wants done. */
export interface NewJob {
  tenant: string;
  keyId?: string;
  questions: readonly Question[];
  collections: readonly string[];
  /** Where to send word of the end; its URL has been checked. */
  webhook?: { url: string };
}

/** Stores a job and has it worked at; with a webhook, the secret that this will be signed with comes back, too. */
export type CreateJob = (
  job: NewJob,
  options: CallOptions,
) => Promise<Pick<Job, 'id' | 'state'> & { secret?: string }>;

/** Creates the use case over its ports. */
export function createCreateJob({
  jobs,
  queue,
  secrets,
}: {
  jobs: JobStore;
  queue: JobQueue;
  secrets: WebhookSecrets;
}): CreateJob {
  return async ({ questions, ...given }, options) => {
    const id = randomBytes(16).toString('hex');
    const job: Job = {
      ...given,
      ...{ id, state: 'queued', questions: questions.length, createdAt: new Date().toISOString() },
      ...(given.webhook && { delivery: { state: 'pending', attempts: 0 } }),
    };
    const [secret] = await Promise.all([
      given.webhook && secrets.get(given, options),
      jobs.create(job, questions, options),
    ]);
    await queue.send({ tenant: job.tenant, id }, options);
    return { id, state: job.state, ...(secret !== undefined && { secret }) };
  };
}
