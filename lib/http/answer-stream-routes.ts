import * as z from 'zod';
import { startDeadline } from '../async/deadline.ts';
import { leavable } from '../async/leavable.ts';
import type { LoggedAnswers } from '../rag/answer-log/answer-streams.ts';
import { RagError } from '../rag/errors.ts';
import type { AnswerLogKey, LoggedAnswer, NumberedEvent } from '../rag/ports/answer-log.ts';
import type { CallOptions } from '../rag/ports/call.ts';
import { answerEvent } from './answer-body.ts';
import type { Contract } from './contract.ts';
import { parseInput } from './request.ts';
import { respondWithEvents, startLeaving } from './respond.ts';
import { json } from './response.ts';
import type { CallerRequest, Route } from './router.ts';
import { encodeSse } from './sse.ts';
import { wholeNumberText } from './whole-number.ts';

/** How long it may take to find an answer, and how long to stop it. */
const budgetMs = 10_000;

/** Kept back from the invocation's time for the last event. */
const reserveMs = 2_000;

const answerId = /^[0-9a-f]{32}$/;

/** Id of the last event that a caller has: the header that an EventSource sends when it connects again, or the query's. */
const eventId = wholeNumberText(0, 999_999_999);
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
      contract: stopContract,
      handle: async (request, { id = '' }) => {
        const { answers, key, answer } = await find(loggedAnswers, request, id);
        using deadline = startDeadline(budgetMs);
        await answers.stop(key, answer, { signal: deadline.signal });
        return json(202, { id });
      },
    },
    {
      method: 'GET',
      pattern: /^\/answers\/(?<id>[^/]+)\/events$/,
      contract: eventsContract,
      handle: async (request, { id = '' }) => {
        const after = lastEventId(request);
        const { answers, key } = await find(loggedAnswers, request, id);
        const { requestId, remainingMs } = request;
        const { signal, leave } = startLeaving();
        const events = inTime(remainingMs - reserveMs, signal, (options) =>
          answers.resume(key, after, options),
        );
        return respondWithEvents(events, (rest) => leavable(encodeSse(rest, { requestId, onError }), leave));
      },
    },
  ];
}

function stopContract(): Contract {
  const body = z.strictObject({ id: z.string() });
  return {
    path: '/answers/{id}/stop',
    operation: 'stopAnswer',
    summary: 'Stops an answer that is being streamed.',
    responses: { 202: { description: 'It is to stop.', content: { 'application/json': body } } },
  };
}

function eventsContract(): Contract {
  return {
    path: '/answers/{id}/events',
    operation: 'readAnswerEvents',
    summary: 'The events of a streamed answer after the last one that the caller has, to its end.',
    parameters: { query: eventsQuery, header: eventsHeader },
    responses: { 200: { description: 'The events.', content: { 'text/event-stream': answerEvent } } },
  };
}

/** The answer of that id, if the caller may know of it. Throws RagError `not_found`, and what the caller's key throws. */
async function find(
  answers: LoggedAnswers | undefined,
  { caller }: CallerRequest,
  id: string,
): Promise<{ answers: LoggedAnswers; key: AnswerLogKey; answer: LoggedAnswer }> {
  using deadline = startDeadline(budgetMs);
  const options = { signal: deadline.signal };
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
  signal: AbortSignal,
  read: (options: CallOptions) => AsyncGenerator<NumberedEvent, void>,
): AsyncGenerator<NumberedEvent, void> {
  using deadline = startDeadline(Math.max(0, ms), signal);
  try {
    yield* read({ signal: deadline.signal });
  } catch (error) {
    if (!deadline.expired()) throw error;
    throw new RagError('deadline', 'The answer is not over yet. Ask for what comes after the last id.', {
      cause: error,
    });
  }
}
