import type { FailureReason, Question } from '../types.ts';
import type { CallOptions } from './call.ts';

/** Which job: another tenant's is not found. */
export interface JobKey {
  tenant: string;
  /** 128 random bits, hexadecimal. */
  id: string;
}

/** What became of one question of a job. */
export type JobResult =
  | { index: number; answer: Readonly<Record<string, unknown>> }
  | { index: number; error: { code: string; message: string; retryable: boolean } };

/** How the webhook of a job stands. */
export interface Delivery {
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  /** HTTP status of the last attempt, where there was an answer. */
  status?: number;
  /** Why the last attempt failed. */
  reason?: string;
  /** When the next attempt is due, ISO 8601. */
  nextAt?: string;
}

/** Questions that are answered in the background, without the questions and their results. */
export interface Job extends JobKey {
  /** Of the key that they are booked to, where there are keys. */
  keyId?: string;
  /** `done` once every question has its result; `failed` if that will not come any more. */
  state: 'queued' | 'running' | 'done' | 'failed';
  /** How many questions there are, and in which collections. */
  questions: number;
  collections: readonly string[];
  /** What went wrong last; of a failed one, why it failed. */
  reason?: FailureReason;
  /** Where to send word of the end. */
  webhook?: { url: string };
  /** There with a webhook. */
  delivery?: Delivery;
  /** ISO 8601. */
  createdAt: string;
  endedAt?: string;
}

/** The jobs of tenants, for a week. All reads are strongly consistent. */
export interface JobStore {
  /** Stores the questions first: of a job that is there, they all are. */
  create(job: Job, questions: readonly Question[], options: CallOptions): Promise<void>;
  /** Undefined if the tenant has no such job. */
  get(key: JobKey, options: CallOptions): Promise<Job | undefined>;
  questions(key: JobKey, options: CallOptions): Promise<Question[]>;
  /** The results so far, by their index. */
  results(key: JobKey, options: CallOptions): Promise<JobResult[]>;
  /** Takes the job for `leaseMs` from now, also for who has it already. Undefined if another has it, or there is none. */
  claim(key: JobKey, holder: string, leaseMs: number, options: CallOptions): Promise<Job | undefined>;
  /** Has the holder's lease last for `leaseMs` from now. False where it is not the holder's any more, released or taken. */
  renew(key: JobKey, holder: string, leaseMs: number, options: CallOptions): Promise<boolean>;
  /** Ends the holder's lease; anybody else's stays. */
  release(key: JobKey, holder: string, options: CallOptions): Promise<void>;
  /** Adds a result; one that is there stays. */
  addResult(key: JobKey, result: JobResult, options: CallOptions): Promise<void>;
  /** Changes what is given. False, and nothing is changed, unless the job is the holder's. */
  update(
    key: JobKey,
    holder: string,
    change: Partial<Pick<Job, 'state' | 'reason' | 'delivery' | 'endedAt'>>,
    options: CallOptions,
  ): Promise<boolean>;
}

/** Secrets that webhooks are signed with, in the form of the Standard Webhooks specification: `whsec_…`. */
export interface WebhookSecrets {
  /** The one of a key, or of the tenant where there are no keys; it is made when it is first asked for. */
  get(owner: { tenant: string; keyId?: string }, options: CallOptions): Promise<string>;
}

/** Has a job looked at; whoever looks finds out what is to be done. */
export interface JobMessage extends JobKey {
  /** Which attempt at the webhook it is about, from 1; none for the questions. */
  attempt?: number;
  /** Not to be looked at before this time, milliseconds since 1970. */
  dueAtMs?: number;
  /** How many runs in a row asked questions and had no result of any; none if absent. */
  fruitless?: number;
}

/** The queue that jobs are fed by. Messages may come more than once, and in any order. */
export interface JobQueue {
  /** Brings the message when it is due or, where that is too far off for the queue, as late before as it can. */
  send(message: JobMessage, options: CallOptions): Promise<void>;
}

/** What an attempt at a webhook came to. */
export type WebhookOutcome =
  | { isDelivered: true; status: number }
  /** `isFinal` where trying again makes no sense. */
  | { isDelivered: false; status?: number; reason: string; isFinal: boolean };

/** Posts webhooks, signed, to addresses of the public internet only. */
export interface WebhookSender {
  /** Never throws but for the signal. */
  send(
    webhook: { url: string; id: string; body: string; secret: string },
    options: CallOptions,
  ): Promise<WebhookOutcome>;
}
