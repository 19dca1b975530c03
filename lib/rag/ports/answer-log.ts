import type { AskEvent, Usage } from '../types.ts';
import type { CallOptions } from './call.ts';

/** Which answer: the tenant that asked, and the id its stream began with. */
export interface AnswerLogKey {
  tenant: string;
  id: string;
}

/** The end of an answer that failed after its first event, as its caller was told. */
export interface ErrorEvent {
  type: 'error';
  error: Readonly<Record<string, unknown>>;
  usage: Usage;
}

/** What the stream of an answer is made of. The last one is a `done` or an `error`. */
export type StreamEvent = AskEvent | ErrorEvent;

/** An event of a stream with its id. */
export interface NumberedEvent {
  /** Counts from 1. */
  id: number;
  event: StreamEvent;
}

/** Events of one answer that follow each other. */
export interface LoggedPart {
  /** Id of the first of them. */
  first: number;
  /** At least one. */
  events: readonly StreamEvent[];
}

/** Whose answer it is, and who makes it. */
export interface LoggedAnswer {
  collection: string;
  /** The process, by the name that its stops are sent to. */
  maker: string;
}

/** What of an answer's log was not known yet. */
export interface LogReading {
  /** In order; a part may begin with events that are known already, never with one that is further on. */
  parts: readonly LoggedPart[];
  /** Whether the last event is there, known or not. */
  isOver: boolean;
  /** Grows while the maker lives and has nothing to write. */
  beats: number;
}

/** The streams of answers while they run and for an hour after. All reads are strongly consistent. */
export interface AnswerLog {
  /** Begins a log. */
  open(key: AnswerLogKey, answer: LoggedAnswer, options: CallOptions): Promise<void>;
  /** Adds a part; one that ends the answer is the last. It may hold again what parts before it held. */
  append(key: AnswerLogKey, part: LoggedPart, options: CallOptions): Promise<void>;
  /** Says that the maker lives. */
  beat(key: AnswerLogKey, options: CallOptions): Promise<void>;
  /** Undefined if the tenant has no log of that id. */
  find(key: AnswerLogKey, options: CallOptions): Promise<LoggedAnswer | undefined>;
  /** What comes after the event `after`. Of a log that was never begun, nothing. */
  read(key: AnswerLogKey, after: number, options: CallOptions): Promise<LogReading>;
  /** Sends a maker word that it is to stop one of its answers. */
  sendStop(maker: string, key: AnswerLogKey, options: CallOptions): Promise<void>;
  /** The stops that were sent to a maker within the last minute, those it has heard of included. */
  stopsOf(maker: string, options: CallOptions): Promise<AnswerLogKey[]>;
}
