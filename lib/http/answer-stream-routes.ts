import * as z from 'zod';
import { startDeadline } from '../async/deadline.ts';
import type { LoggedAnswers } from '../rag/answer-log/answer-streams.ts';
import { RagError } from '../rag/errors.ts';
import type { AnswerLogKey, LoggedAnswer, NumberedEvent } from '../rag/ports/answer-log.ts';
import type { CallOptions } from '../rag/ports/call.ts';
import { parseInput } from './request.ts';
import { respondWithEvents } from './respond.ts';
import { json } from './response.ts';
import type { CallerRequest, Route } from './router.ts';
import { encodeSse } from './sse.ts';

/** How long it may take to find an answer and to stop it. */
const budgetMs = 10_000;

/** Kept back from the invocation's time for the last event. */
const reserveMs = 2_000;

const answerId = /^[0-9a-f]{32}$/;

/** Id of the last event that a caller has: the header that an EventSource sends when it connects again, or the query's. */
const eventId = z.coerce.number().int().min(0).max(999_999_999);
const eventsHeader = z.object({ 'last-event-id': eventId.optional() });
const eventsQuery = z.strictObject({ after: eventId.default(0) });

/** What the routes are over, nothing where answers are not logged, and where late failures go. */
export interface AnswerStreamRoutesDependencies {
  loggedAnswers?: LoggedAnswers;
  onError: (error: unknown) => void;
}

/** `POST /answers/{id}/stop` and `GET /answers/{id}/events`. */
export function createAnswerStreamRoutes({
  loggedAnswers,
  onError,
}: AnswerStreamRoutesDependencies): Route[] {
  return [
    {
      method: 'POST',
      pattern: /^\/answers\/(?<id>[^/]+)\/stop$/,
      handle: async (request, { id = '' }) => {
        using deadline = startDeadline(budgetMs);
        const { signal } = deadline;
        const { key, answer, answers } = await find(loggedAnswers, request, id, { signal });
        await answers.stop(key, answer, { signal });
        return json(202, { id });
      },
    },
    {
      method: 'GET',
      pattern: /^\/answers\/(?<id>[^/]+)\/events$/,
      handle: async (request, { id = '' }) => {
        const after = lastEventId(request);
        using deadline = startDeadline(budgetMs);
        const { key, answers } = await find(loggedAnswers, request, id, { signal: deadline.signal });
        const { requestId, remainingMs } = request;
        const events = inTime(remainingMs - reserveMs, (options) => answers.resume(key, after, options));
        return respondWithEvents(events, (rest) => encodeSse(rest, { requestId, onError }));
      },
    },
  ];
}

/** The answer of that id, if the caller may know of it. Throws RagError `not_found`, and what the caller's key throws. */
async function find(
  answers: LoggedAnswers | undefined,
  { caller }: CallerRequest,
  id: string,
  options: CallOptions,
): Promise<{ answers: LoggedAnswers; key: AnswerLogKey; answer: LoggedAnswer }> {
  const limitedTo = await caller.collections(options);
  const key = { tenant: caller.tenant, id };
  const answer = answerId.test(id) ? await answers?.find(key, options) : undefined;
  if (!answers || !answer || limitedTo?.includes(answer.collection) === false)
    throw new RagError(
      'not_found',
      'There is no streamed answer of that id, or it has ended over an hour ago.',
    );
  return { answers, key, answer };
}

function lastEventId({ headers, query }: CallerRequest): number {
  const { after } = parseInput(Object.fromEntries(query), eventsQuery);
  return parseInput(headers, eventsHeader)['last-event-id'] ?? after;
}

/** Events until the time is over. Throws RagError `deadline` then. */
async function* inTime(
  ms: number,
  read: (options: CallOptions) => AsyncGenerator<NumberedEvent, void>,
): AsyncGenerator<NumberedEvent, void> {
  using deadline = startDeadline(Math.max(0, ms));
  try {
    yield* read({ signal: deadline.signal });
  } catch (error) {
    if (!deadline.expired()) throw error;
    throw new RagError('deadline', 'The answer is not over yet. Ask for what comes after the last id.', {
      cause: error,
    });
  }
}
