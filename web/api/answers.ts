import type { AskEvent, Turn } from '../../lib/rag/types.ts';
import type { ApiClient } from './client.ts';
import { follow, type FollowOptions } from './follow.ts';

/** A question as `POST /ask` takes it. */
export interface AskRequest {
  question: string;
  collection: string;
  history: readonly Turn[];
  /** `refresh` has it answered anew. */
  cache: 'use' | 'refresh';
}

/** What the API does with answers (docs/api.md). */
export interface AnswersApi {
  /** The events of an answer to their `done`, over lost connections. Throws ApiError, also for an answer that failed. */
  ask(this: void, question: AskRequest, options: FollowOptions): AsyncGenerator<AskEvent, void>;
  /** The same of an answer that is being made, or was within the hour, from its first event. */
  resume(this: void, id: string, options: FollowOptions): AsyncGenerator<AskEvent, void>;
  /** Ends an answer for good. Throws ApiError. */
  stop(this: void, id: string): Promise<void>;
  /** Says whether an answer was right, with a note of what is not. The first verdict counts. Throws ApiError. */
  judge(this: void, id: string, verdict: { right: boolean; note?: string }): Promise<void>;
}

/** Creates the calls. */
export function createAnswersApi(api: ApiClient): AnswersApi {
  const reopen = (id: string, after: number, signal: AbortSignal) =>
    api.request('GET', `/answers/${id}/events`, {
      headers: { 'last-event-id': String(after), accept: 'text/event-stream' },
      signal,
    });
  return {
    ask: async function* ask(question, options) {
      const { signal } = options;
      const first = await api.request('POST', '/ask', { json: { ...question, stream: true }, signal });
      yield* follow({ first, reopen }, options);
    },
    resume: (id, options) => follow({ id, reopen }, options),
    stop: async (id) => {
      await api.request('POST', `/answers/${id}/stop`);
    },
    judge: async (id, verdict) => {
      await api.request('POST', `/answers/${id}/feedback`, { json: verdict });
    },
  };
}
