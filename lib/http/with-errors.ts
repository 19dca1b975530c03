import { toRagError } from '../rag/errors.ts';
import { toErrorResponse } from './errors.ts';
import { toOpenAiErrorResponse } from './openai/errors.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

/** Answers a request. */
export type Answer = (request: HttpRequest) => Promise<HttpResponse>;

/** Where OpenAI's clients call, known routes and others. */
const openAiPath = /^\/v1(?:\/|$)/;

/** Answers whatever fails, below `/v1` in OpenAI's shape; our own failures go to `onError`. */
export function withErrors(answer: Answer, onError: (error: unknown) => void): Answer {
  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (toRagError(error).status >= 500) onError(error);
      const toResponse = openAiPath.test(request.path) ? toOpenAiErrorResponse : toErrorResponse;
      return toResponse(error, request.requestId);
    }
  };
}
