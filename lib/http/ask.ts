import * as z from 'zod';
import type { StreamAnswer } from '../rag/answer-log/stream-answer.ts';
import type { AskOptions } from '../rag/ask/ask.ts';
import { collectAnswer } from '../rag/ask/collect.ts';
import type { Question } from '../rag/types.ts';
import { answerBody, answerEvent } from './answer-body.ts';
import type { Contract } from './contract.ts';
import { questionBody, toQuestion } from './question.ts';
import { parseJsonBody, type HttpRequest } from './request.ts';
import { respond, respondWithEvents, type RespondDependencies } from './respond.ts';
import { json, type HttpResponse } from './response.ts';
import type { CallerRequest, Route } from './router.ts';
import { encodeSse, errorEvent } from './sse.ts';

const askBody = questionBody.extend({
  stream: z
    .boolean()
    .optional()
    .describe('Whether the answer comes as server-sent events; without it, the Accept header decides.'),
});

function contract(): Contract {
  return {
    path: '/ask',
    operation: 'ask',
    summary: 'Answers a question, in one piece or as a stream.',
    body: { content: { 'application/json': askBody } },
    responses: {
      200: {
        description: 'The answer.',
        content: { 'application/json': answerBody, 'text/event-stream': answerEvent },
      },
    },
  };
}

/** What every route that answers has, and the use case for answers that are streamed. */
export interface AskRouteDependencies extends RespondDependencies {
  streamAnswer: StreamAnswer;
}

/** `POST /ask`: server-sent events, or one JSON answer. */
export function createAskRoute(deps: AskRouteDependencies): Route {
  return {
    method: 'POST',
    pattern: /^\/ask\/?$/,
    contract,
    handle: async (request) => {
      const body = parseJsonBody(request, askBody);
      const question = toQuestion(body, request.caller);
      if (body.stream ?? accepts(request, 'text/event-stream')) return stream(deps, request, question);
      return respond(deps, request, question, async (events) => json(200, await collectAnswer(events)));
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

function accepts(request: HttpRequest, type: string): boolean {
  return request.headers['accept']?.toLowerCase().includes(type) ?? false;
}
