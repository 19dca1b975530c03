import { randomBytes } from 'node:crypto';
import type { AfterResponse } from '../../async/after-response.ts';
import type { AskReport } from '../ports/telemetry.ts';
import type { Question } from '../types.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** One who asks, whether or not the answer is made for them alone. */
export interface Caller {
  /** Of the answer, as this caller knows it: 128 random bits, hexadecimal. */
  readonly id: string;
  readonly question: Question;
  readonly timeline: Timeline;
  readonly afterResponse: AfterResponse;
  /** What is true if the caller simply stops reading; everything that happens overwrites it. */
  readonly report: AskReport;
}

/** Creates a caller whose question begins now; `servedBy` is the model that would answer. */
export function createCaller(question: Question, afterResponse: AfterResponse, servedBy: string): Caller {
  const report: AskReport = {
    ...{ outcome: 'aborted', cached: false, isShared: false, servedBy, degraded: [], refused: [] },
    ...{ usage: { promptTokens: 0, completionTokens: 0 }, restarts: 0, firstTokenMs: 0, totalMs: 0 },
  };
  const id = randomBytes(16).toString('hex');
  return { id, question, timeline: createTimeline(), afterResponse, report };
}
