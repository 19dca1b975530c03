import { RagError } from '../errors.ts';
import type {
  Delivery,
  Job,
  JobMessage,
  JobQueue,
  JobStore,
  WebhookOutcome,
  WebhookSecrets,
  WebhookSender,
} from '../ports/jobs.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { HeldJob } from './hold-job.ts';
import { webhookBody } from './webhook-body.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The waits between attempts, about a day in all. */
const waitsMs = [5_000, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs, 8 * hourMs, 8 * hourMs];

/** A tenth of a wait is left to chance, so that a receiver that comes back is not met by everybody at once. */
const jitter = 0.1;

/** The ports of a webhook's delivery. */
export interface DeliverDependencies {
  jobs: JobStore;
  queue: JobQueue;
  secrets: WebhookSecrets;
  sender: WebhookSender;
  telemetry: Pick<Telemetry, 'worked'>;
  random?: () => number;
}

/** How an attempt ended: `unchanged` where it was none, since it had been made before. */
export type DeliverOutcome = 'delivered' | 'retried' | 'undelivered' | 'unchanged';

/** Whether an attempt at the webhook of a job is still to be made: it has ended, and the attempt is not noted. */
export function isAttemptDue({ endedAt, delivery }: Job, attempt: number): boolean {
  return endedAt !== undefined && delivery?.state === 'pending' && attempt > delivery.attempts;
}

/**
 * Makes one attempt at the webhook of a job that has ended. One that fails is followed by a message for the next, until the
 * waits are used up.
 */
export async function deliverWebhook(
  deps: DeliverDependencies,
  { job, holder, signal }: HeldJob,
  attempt: number,
): Promise<DeliverOutcome> {
  const { tenant, id, webhook } = job;
  if (!webhook || !isAttemptDue(job, attempt)) return 'unchanged';
  const [secret, results] = await Promise.all([
    deps.secrets.get(job, { signal }),
    deps.jobs.results(job, { signal }),
  ]);
  const body = webhookBody(job, results);
  const outcome = await deps.sender.send({ url: webhook.url, id, body, secret }, { signal });
  const next = toDelivery(outcome, attempt, deps.random ?? Math.random);
  // Before the attempt is noted: one that is noted is not made again, and nobody else would send for the next.
  if (next.nextAt !== undefined) {
    const message: JobMessage = { tenant, id, attempt: attempt + 1, dueAtMs: Date.parse(next.nextAt) };
    await deps.queue.send(message, { signal });
  }
  const isNoted = await deps.jobs.update(job, holder, { delivery: next }, { signal });
  if (!isNoted) throw new RagError('conflict', 'Another took over the job.');
  if (next.state === 'pending') return 'retried';
  deps.telemetry.worked({ what: 'webhook', outcome: next.state });
  return next.state === 'delivered' ? 'delivered' : 'undelivered';
}

function toDelivery(outcome: WebhookOutcome, attempts: number, random: () => number): Delivery {
  const { status } = outcome;
  const seen = { attempts, ...(status !== undefined && { status }) };
  if (outcome.isDelivered) return { state: 'delivered', ...seen };
  const { reason, isFinal } = outcome;
  const waitMs = waitsMs[attempts - 1];
  if (isFinal || waitMs === undefined) return { state: 'failed', ...seen, reason };
  const nextAt = new Date(Date.now() + waitMs * (1 - jitter * random())).toISOString();
  return { state: 'pending', ...seen, reason, nextAt };
}
