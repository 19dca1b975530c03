import type { AskEvent } from '../types.ts';
import type { CallOptions } from './call.ts';

/** Which answer, by the tenant that asked and the id its stream began with. */
export interface AnswerLogKey {
  tenant: string;
  id: string;
}

/** A part of an answer's stream: events with their ids, which count from 1. */
export interface LoggedPart {
  first: number;
  events: readonly (AskEvent | { type: 'error'; error: Record<string, unknown> })[];
}

/** The streams of answers while they run and for an hour after. */
export interface AnswerLog {
  /** Begins a log, without which no stop is heard. */
  open(key: AnswerLogKey, options: CallOptions): Promise<void>;
  append(key: AnswerLogKey, part: LoggedPart, options: CallOptions): Promise<void>;
  /** Parts with events after `after`, in order, and whether the last event is among them; undefined if there is no such log. */
  read(
    key: AnswerLogKey,
    after: number,
    options: CallOptions,
  ): Promise<{ parts: LoggedPart[]; isOver: boolean } | undefined>;
  /** Asks whoever makes the answer to stop; false if there is no such log. */
  requestStop(key: AnswerLogKey, options: CallOptions): Promise<boolean>;
  /** Those of the answers that are to be stopped. One read of up to 100. */
  stopRequested(keys: readonly AnswerLogKey[], options: CallOptions): Promise<AnswerLogKey[]>;
}
