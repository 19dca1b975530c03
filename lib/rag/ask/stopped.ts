import { createCitationChecker } from '../answer/citations.ts';
import type { DoneEvent } from '../types.ts';
import type { Caller } from './caller.ts';

/** The end of an answer that its caller has stopped, and in their report: what they were told is all of it. */
export function toStopped(
  { report, timeline, steps }: Caller,
  { begin, text }: NonNullable<Caller['told']>,
): DoneEvent {
  const checker = createCitationChecker(begin.sources.length);
  checker.push(text);
  report.outcome = 'stopped';
  const { usage, servedBy, degraded } = report;
  return {
    ...{ type: 'done', finishReason: 'stopped', citations: checker.cited(), usage: { ...usage }, servedBy },
    ...{ degraded, ...(begin.filtered && { filtered: begin.filtered }) },
    timing: { ...timeline.timing(), steps },
  };
}
