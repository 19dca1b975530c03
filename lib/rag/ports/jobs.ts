import type { Question } from '../types.ts';
import type { CallOptions } from './call.ts';

/** What became of one question of a job. */
export type JobResult =
  | { index: number; answer: Record<string, unknown> }
  | { index: number; error: { code: string; message: string; retryable: boolean } };

/** Questions that are answered in the background. */
export interface Job {
  /** 128 random bits, hexadecimal. */
  id: string;
  tenant: string;
  /** Of the key that it is booked to, where there are keys. */
  keyId?: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  questions: readonly Question[];
  results: readonly JobResult[];
  webhook?: { url: string };
  /** How the delivery of the webhook stands. */
  delivery?: {
    state: 'pending' | 'delivered' | 'failed';
    attempts: number;
    status?: number;
    reason?: string;
  };
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
}

/** The jobs of tenants, for a week. */
export interface JobStore {
  create(job: Job, options: CallOptions): Promise<void>;
  /** Undefined if the tenant has no such job. Strongly consistent. */
  get(key: { tenant: string; id: string }, options: CallOptions): Promise<Job | undefined>;
  /** Takes the job for `leaseMs` unless another has it or it is done; false then. */
  claim(
    key: { tenant: string; id: string },
    holder: string,
    leaseMs: number,
    options: CallOptions,
  ): Promise<boolean>;
  /** Adds a result; one that is there stays. Only for the holder: false if the job is not its any more. */
  addResult(
    key: { tenant: string; id: string },
    holder: string,
    result: JobResult,
    options: CallOptions,
  ): Promise<boolean>;
  finish(
    key: { tenant: string; id: string },
    holder: string,
    end: Pick<Job, 'state' | 'delivery'>,
    options: CallOptions,
  ): Promise<boolean>;
}

/** The queue that jobs are fed by. */
export interface JobQueue {
  /** `afterSeconds` is at most 900. */
  send(
    message: { tenant: string; id: string },
    options: CallOptions & { afterSeconds?: number },
  ): Promise<void>;
}
