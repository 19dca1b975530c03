import type { CachedAnswer, Scope } from '../types.ts';
import type { CallOptions } from './call.ts';

/** Cached answers, by exact key. */
export interface AnswerStore {
  get(key: { scope: Scope; key: string }, options: CallOptions): Promise<CachedAnswer | undefined>;
  put(key: { scope: Scope; key: string }, answer: CachedAnswer, options: CallOptions): Promise<void>;
}
