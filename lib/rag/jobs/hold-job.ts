import { randomBytes } from 'node:crypto';
import { delay } from '../../async/delay.ts';
import { RagError } from '../errors.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Job, JobKey, JobStore } from '../ports/jobs.ts';

/** How long a job stays taken when its holder is heard of no more. */
export const leaseMs = 60_000;

/** How long the end of a lease may take; it runs out by itself, too. */
const releaseMs = 2_000;

/** A job that nobody else works at, as it was when it was taken. */
export interface HeldJob {
  job: Job;
  holder: string;
  /** Aborts when the work is to end, and when the job was lost to another. */
  signal: AbortSignal;
}

/** Works at a job while nobody else does. Undefined, and no work is done, if another has it or there is none. */
export async function holdJob<T>(
  jobs: JobStore,
  key: JobKey,
  { signal }: CallOptions,
  work: (held: HeldJob) => Promise<T>,
): Promise<T | undefined> {
  const holder = randomBytes(16).toString('hex');
  const takenMs = Date.now();
  const job = await jobs.claim(key, holder, leaseMs, { signal });
  if (!job) return undefined;
  const over = new AbortController();
  const lost = new AbortController();
  const renewing = renew(jobs, { key, holder, untilMs: takenMs + leaseMs }, over.signal, lost);
  try {
    return await work({ job, holder, signal: AbortSignal.any([signal, lost.signal]) });
  } finally {
    over.abort();
    await renewing;
    await jobs.release(key, holder, { signal: AbortSignal.timeout(releaseMs) }).catch(() => {});
  }
}

/** Renews the lease until the work is over. One that cannot be renewed in time is as good as another's. */
async function renew(
  jobs: JobStore,
  lease: { key: JobKey; holder: string; untilMs: number },
  over: AbortSignal,
  lost: AbortController,
): Promise<void> {
  const { key, holder } = lease;
  let { untilMs } = lease;
  while (!over.aborted && !lost.signal.aborted) {
    try {
      await delay(leaseMs / 3, { signal: over });
      const nowMs = Date.now();
      const isOurs = await jobs.renew(key, holder, leaseMs, { signal: over });
      untilMs = isOurs ? nowMs + leaseMs : 0;
    } catch {
      // The work is over, or the next turn may succeed.
    }
    if (Date.now() >= untilMs) lost.abort(new RagError('conflict', 'Another took over the job.'));
  }
}
