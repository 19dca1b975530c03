import type { GuardReason } from '../cache/guard.ts';
import type { Similar } from '../cache/similar.ts';
import type { Scope, StepName, Usage } from '../types.ts';

/** A question that ended, one way or the other. No question, answer or document text is in it. */
export interface AskReport {
  outcome: 'stop' | 'length' | 'declined' | 'stopped' | 'error' | 'aborted';
  errorCode?: string;
  cached: false | 'exact' | 'similar';
  /** Whether the answer was made for another who asked the same at the same time. */
  isShared: boolean;
  /** What came of the search for similar answers, where it was made. */
  similar?: Similar['outcome'];
  /** Why similar answers were refused, nearest first. */
  refused: readonly GuardReason[];
  usage: Usage;
  servedBy: string;
  degraded: readonly StepName[];
  restarts: number;
  firstTokenMs: number;
  totalMs: number;
}

/** What came to its end in the background, and how. */
export type JobReport =
  | { what: 'job'; outcome: 'done' | 'failed' }
  | { what: 'question'; outcome: 'answered' | 'failed' }
  | { what: 'webhook'; outcome: 'delivered' | 'failed' };

/** Where decisions and figures go. Never throws. */
export interface Telemetry {
  asked(report: AskReport): void;
  /** A step gave up and the question went on without it. */
  degraded(step: StepName, error: unknown): void;
  ingested(report: { scope: Scope; id: string; outcome: string; totalMs: number }): void;
  worked(report: JobReport): void;
  failed(what: string, error: unknown): void;
}
