import * as z from 'zod';
import type { StreamAnswer } from '../rag/answer-log/stream-answer.ts';
import type { AskOptions } from '../rag/ask/ask.ts';
import type { AskEvent, Question } from '../rag/types.ts';
import type { HttpCaller } from './caller.ts';
import { filter } from './filter.ts';
import { collection } from './scope.ts';
import { parseJsonBody, type HttpRequest } from './request.ts';
import { respond, respondWithEvents, type RespondDependencies } from './respond.ts';
import { json, type HttpResponse } from './response.ts';
import type { CallerRequest, Route } from './router.ts';
import { encodeSse, errorEvent } from './sse.ts';

const turn = z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string().min(1).max(8_000) });

const askBody = z.strictObject({
  question: z.string().trim().min(1, 'must not be empty').max(4_000, 'must be at most 4,000 characters'),
  collection,
  filter: filter.optional(),
  history: z.array(turn).max(20).default([]),
  topK: z.int().min(1).max(20).default(8),
  cache: z.enum(['use', 'refresh', 'off']).default('use'),
  stream: z.boolean().optional(),
});

/** What every route that answers has, and the use case for answers that are streamed. */
export interface AskRouteDependencies extends RespondDependencies {
  streamAnswer: StreamAnswer;
}

/** `POST /ask`: server-sent events, or one JSON answer. */
export function createAskRoute(deps: AskRouteDependencies): Route {
  return {
    method: 'POST',
    pattern: /^\/ask\/?$/,
    handle: async (request) => {
      const body = parseJsonBody(request, askBody);
      const question = toQuestion(body, request.caller);
      if (body.stream ?? accepts(request, 'text/event-stream')) return stream(deps, request, question);
      return respond(deps, request, question, async (events) => json(200, await collect(events)));
    },
  };
}

function stream(
  { streamAnswer, ...deps }: AskRouteDependencies,
  request: CallerRequest,
  question: Question,
): Promise<HttpResponse> {
  const { requestId } = request;
  const { onError } = deps;
  const toErrorEvent = (error: unknown) => {
    onError(error);
    return errorEvent(error, requestId);
  };
  const ask = (asked: Question, options: AskOptions) => streamAnswer(asked, { ...options, toErrorEvent });
  return respond({ ...deps, ask }, request, question, (events) =>
    respondWithEvents(events, (rest) => encodeSse(rest, { requestId, onError })),
  );
}

function toQuestion(body: z.infer<typeof askBody>, caller: HttpCaller): Question {
  return {
    text: body.question,
    scope: caller.scopeOf(body.collection),
    history: body.history,
    topK: body.topK,
    cache: body.cache,
    ...(body.filter && { filter: body.filter }),
  };
}

function accepts(request: HttpRequest, type: string): boolean {
  return request.headers['accept']?.toLowerCase().includes(type) ?? false;
}

/** The events as one answer. */
async function collect(events: AsyncIterable<AskEvent>): Promise<Record<string, unknown>> {
  let answer = '';
  const fields: Record<string, unknown> = {};
  for await (const { type, ...event } of events) {
    if (type === 'delta' && 'text' in event) answer += event.text;
    else Object.assign(fields, event);
  }
  return { answer, ...fields };
}
