import { createAfterResponse, type AfterResponse } from '../async/after-response.ts';
import { leavable } from '../async/leavable.ts';
import { started } from '../async/started.ts';
import type { AskOptions } from '../rag/ask/ask.ts';
import { tokensToReserve } from '../rag/ask/reserve.ts';
import type { AskEvent, Question, Scope } from '../rag/types.ts';
import type { HttpResponse } from './response.ts';
import type { CallerRequest } from './router.ts';

/** Kept back from the invocation's time for the last event and the work after it. */
const reserveMs = 2_000;

/** When the response starts at the latest, whether or not there is anything to tell yet. */
export const startWithinMs = 5_000;

/** How long cache write, usage and metrics may take. */
export const afterResponseMs = 1_500;

/** The use case behind every route that answers a question, and where its late failures go. */
export interface RespondDependencies<Event = AskEvent> {
  ask: (question: Question, options: AskOptions) => AsyncGenerator<Event, void>;
  /** Time for a whole answer, if the invocation has that much. */
  budgetMs: number;
  onError: (error: unknown) => void;
}

/** The events of an answer, in the form of a route. */
type ToResponse<Event> = (events: AsyncGenerator<Event, void>) => Promise<HttpResponse>;

/** Answers the question of a request; what is left to do after it is done once the caller has everything, or nothing. */
export async function respond<Event>(
  deps: RespondDependencies<Event>,
  request: CallerRequest,
  question: Question,
  toResponse: ToResponse<Event>,
): Promise<HttpResponse> {
  const afterResponse = createAfterResponse(deps.onError);
  // Lambda never tells that the caller left: who stops reading is the stream to them, when nothing can be written any more.
  const leaving = startLeaving();
  const events = beginAnswer(deps, request, question, { signal: leaving.signal, afterResponse });
  try {
    const response = await toResponse(events);
    return {
      ...response,
      body: typeof response.body === 'string' ? response.body : leavable(response.body, leaving.leave),
      afterResponse: () => afterResponse.settle(afterResponseMs),
    };
  } catch (error) {
    await afterResponse.settle(afterResponseMs);
    throw error;
  }
}

/** A signal for the work behind a streamed body, and what aborts it when nobody reads the body any more. */
export function startLeaving(): { signal: AbortSignal; leave: () => void } {
  const left = new AbortController();
  return {
    signal: left.signal,
    leave: () => left.abort(new DOMException('The response is not read any more.', 'AbortError')),
  };
}

/** Begins to answer a question of a request's caller, in the time that the invocation still has. */
export function beginAnswer<Event>(
  { ask, budgetMs }: Pick<RespondDependencies<Event>, 'ask' | 'budgetMs'>,
  { caller, remainingMs }: Pick<CallerRequest, 'caller' | 'remainingMs'>,
  question: Question,
  { signal, afterResponse }: { signal: AbortSignal; afterResponse: AfterResponse },
): AsyncGenerator<Event, void> {
  const asked = { collection: collectionOf(question.scope), tokens: tokensToReserve(question) };
  return ask(question, {
    signal,
    budgetMs: Math.max(0, Math.min(budgetMs, remainingMs - reserveMs)),
    afterResponse,
    admission: caller.admit(asked, { signal }),
  });
}

function collectionOf(scope: Scope): string {
  return scope.slice(scope.indexOf('/') + 1);
}

/** A stream of server-sent events. What fails before the first event is thrown, so that it keeps its true status. */
export async function respondWithEvents<Event>(
  events: AsyncGenerator<Event, void>,
  encode: (events: AsyncGenerator<Event, void>) => AsyncIterable<string>,
): Promise<HttpResponse> {
  return {
    status: 200,
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
    body: encode(await started(events, startWithinMs)),
  };
}
