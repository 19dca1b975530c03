import { toRagError } from '../../rag/errors.ts';
import type { HttpRequest } from '../request.ts';
import type { HttpResponse } from '../response.ts';
import { toOpenAiErrorResponse } from './errors.ts';

/** Where OpenAI's clients call, known routes and others. */
const openAiPath = /^\/v1(?:\/|$)/;

/** Answers whatever fails below `/v1` in OpenAI's shape; our own failures go to `onError`. */
export function withOpenAiErrors(
  route: (request: HttpRequest) => Promise<HttpResponse>,
  onError: (error: unknown) => void,
): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    if (!openAiPath.test(request.path)) return route(request);
    try {
      return await route(request);
    } catch (error) {
      if (toRagError(error).status >= 500) onError(error);
      return toOpenAiErrorResponse(error, request.requestId);
    }
  };
}
