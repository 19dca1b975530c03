import type { Problem } from '../api/problems.ts';
import type { DoneEvent, Source } from '../../lib/rag/types.ts';

/** Where an answer is: `searching` until its sources are known, `answering` until its end. */
export type TurnState = 'searching' | 'answering' | 'reconnecting' | 'done' | 'failed';

/** A question and what has become of it. */
export interface Turn {
  question: string;
  state: TurnState;
  /** By which the answer is stopped, resumed and judged; known from its first event on. */
  answerId?: string;
  text: string;
  sources: readonly Source[];
  cached: false | 'exact' | 'similar';
  /** ISO 8601. */
  cachedAt?: string;
  /** How it ended. An answer that was given up without the server's word has none. */
  end?: Omit<DoneEvent, 'type'>;
  problem?: Problem;
  isStopping?: boolean;
  verdict?: 'right' | 'wrong';
}

/** Turns that belong together. */
export interface Conversation {
  id: string;
  collection: string;
  /** ISO 8601. */
  updatedAt: string;
  turns: Turn[];
}

/** A question that was just asked. */
export function newTurn(question: string): Turn {
  return { question, state: 'searching', text: '', sources: [], cached: false };
}

/** A conversation without turns. */
export function newConversation(collection: string): Conversation {
  return { id: crypto.randomUUID(), collection, updatedAt: new Date().toISOString(), turns: [] };
}

/** Whether nothing will change by itself any more. */
export function isOver({ state }: Turn): boolean {
  return state === 'done' || state === 'failed';
}

/** Whether somebody ended it before it was whole; the server says so where it was asked. */
export function isStopped({ state, end }: Turn): boolean {
  return state === 'done' && (end === undefined || end.finishReason === 'stopped');
}

/** Whether the rest of it may be read where it was made. */
export function canResume({ state, problem, answerId }: Turn): boolean {
  return state === 'failed' && problem?.canResume === true && answerId !== undefined;
}
