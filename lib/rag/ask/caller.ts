import { randomBytes } from 'node:crypto';
import type { AfterResponse } from '../../async/after-response.ts';
import { noUsage } from '../answer/usage.ts';
import type { Admission } from '../ports/access.ts';
import type { AskReport } from '../ports/telemetry.ts';
import type { Question, Timing } from '../types.ts';
import type { BeginEvent } from './answering.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** One who asks, whether or not the answer is made for them alone. */
export interface Caller {
  /** Of the answer, as this caller knows it: 128 random bits, hexadecimal. */
  readonly id: string;
  readonly question: Question;
  readonly timeline: Timeline;
  readonly afterResponse: AfterResponse;
  /** Resolves when the caller may have the answer and the model may be called for it; rejects for one who may not. */
  readonly admission: Promise<Admission>;
  /** Whether it has resolved: what the model uses is booked to nobody else. */
  isAdmitted: boolean;
  /** Resolves when it is known what is booked to this caller, in `report.usage`. */
  billed: Promise<void>;
  /** What this caller was told, from the first event on. */
  told?: { begin: BeginEvent; text: string };
  /** The steps of the answer until this caller left it. */
  steps: Timing['steps'];
  /** What is true if the caller simply stops reading; everything that happens overwrites it. */
  readonly report: AskReport;
}

/** Leave for one of whom nobody keeps account. */
const free: Promise<Admission> = Promise.resolve({ settle: async () => {} });

/** Creates a caller whose question begins now; `servedBy` is the model that would answer. */
export function createCaller(
  question: Question,
  {
    afterResponse,
    admission = free,
  }: { afterResponse: AfterResponse; admission?: Promise<Admission> | undefined },
  servedBy: string,
): Caller {
  const report: AskReport = {
    ...{ outcome: 'aborted', cached: false, isShared: false, servedBy, degraded: [], refused: [] },
    ...{ usage: noUsage, restarts: 0, firstTokenMs: 0, totalMs: 0 },
  };
  const id = randomBytes(16).toString('hex');
  const noted = admission.then((granted) => {
    caller.isAdmitted = true;
    return granted;
  });
  const caller: Caller = {
    ...{ id, question, timeline: createTimeline(), afterResponse, report },
    ...{ admission: noted, isAdmitted: false, billed: Promise.resolve(), steps: {} },
  };
  return caller;
}
