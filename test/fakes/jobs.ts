import type {
  Job,
  JobKey,
  JobMessage,
  JobQueue,
  JobResult,
  JobStore,
  WebhookOutcome,
  WebhookSecrets,
  WebhookSender,
} from '../../lib/rag/ports/jobs.ts';
import type { Question } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** A job in memory. */
export interface JobEntry {
  job: Job;
  questions: Question[];
  results: Map<number, JobResult>;
  lease?: { holder: string; untilMs: number };
}

const nameOf = ({ tenant, id }: JobKey) => `${tenant} ${id}`;

/** Jobs in memory. */
export function createFakeJobs(calls: Calls): JobStore & { entries: Map<string, JobEntry> } {
  const entries = new Map<string, JobEntry>();
  const heldBy = (key: JobKey, holder: string) => {
    const entry = entries.get(nameOf(key));
    return entry?.lease?.holder === holder ? entry : undefined;
  };
  return {
    entries,
    create: (job, questions, { signal }) =>
      calls.take('jobs.create', job, signal, () => {
        const key = nameOf(job);
        if (!entries.has(key)) {
          entries.set(key, { job: structuredClone(job), questions: [...questions], results: new Map() });
        }
      }),
    get: (key, { signal }) =>
      calls.take('jobs.get', key, signal, () => structuredClone(entries.get(nameOf(key))?.job)),
    questions: (key, { signal }) =>
      calls.take('jobs.questions', key, signal, () => entries.get(nameOf(key))?.questions ?? []),
    results: (key, { signal }) =>
      calls.take('jobs.results', key, signal, () =>
        Array.from(entries.get(nameOf(key))?.results.values() ?? []).toSorted((a, b) => a.index - b.index),
      ),
    claim: (key, holder, leaseMs, { signal }) =>
      calls.take('jobs.claim', { ...key, holder, leaseMs }, signal, () => {
        const entry = entries.get(nameOf(key));
        const { lease } = entry ?? {};
        const isFree = !lease || lease.holder === holder || lease.untilMs <= Date.now();
        if (!entry || !isFree) return undefined;
        entry.lease = { holder, untilMs: Date.now() + leaseMs };
        return structuredClone(entry.job);
      }),
    renew: (key, holder, leaseMs, { signal }) =>
      calls.take('jobs.renew', { ...key, holder, leaseMs }, signal, () => {
        const { lease } = heldBy(key, holder) ?? {};
        if (lease) lease.untilMs = Date.now() + leaseMs;
        return lease !== undefined;
      }),
    release: (key, holder, { signal }) =>
      calls.take('jobs.release', { ...key, holder }, signal, () => {
        delete heldBy(key, holder)?.lease;
      }),
    addResult: (key, result, { signal }) =>
      calls.take('jobs.addResult', { ...key, result }, signal, () => {
        const results = entries.get(nameOf(key))?.results;
        if (results && !results.has(result.index)) results.set(result.index, result);
      }),
    update: (key, holder, change, { signal }) =>
      calls.take('jobs.update', { ...key, holder, change }, signal, () => {
        const entry = heldBy(key, holder);
        if (entry) Object.assign(entry.job, change);
        return entry !== undefined;
      }),
  };
}

/** A queue in memory; what was sent stands in `sent`. */
export function createFakeJobQueue(calls: Calls): JobQueue & { sent: JobMessage[] } {
  const sent: JobMessage[] = [];
  return {
    sent,
    send: (message, { signal }) => calls.take('queue.send', message, signal, () => void sent.push(message)),
  };
}

/** Secrets that tell whose they are. */
export function createFakeSecrets(calls: Calls): WebhookSecrets {
  return {
    get: ({ tenant, keyId = 'none' }, { signal }) =>
      calls.take('secrets.get', { tenant, keyId }, signal, () => {
        const bytes = Buffer.from(`${tenant} ${keyId}`.padEnd(32, '.'));
        return `whsec_${bytes.toString('base64')}`;
      }),
  };
}

/** What was to be sent to a webhook. */
export type SentWebhook = Parameters<WebhookSender['send']>[0];

/** Keeps what it is to send, and answers with what `outcome` says of the nth attempt, from 1. */
export function createFakeSender(
  calls: Calls,
  outcome: (attempt: number) => WebhookOutcome = () => ({ isDelivered: true, status: 204 }),
): WebhookSender & { sent: SentWebhook[] } {
  const sent: SentWebhook[] = [];
  return {
    sent,
    send: (webhook, { signal }) =>
      calls.take('sender.send', webhook, signal, () => outcome(sent.push(webhook))),
  };
}
