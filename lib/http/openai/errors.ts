import { toRagError, type ErrorCode, type RagError } from '../../rag/errors.ts';
import { toErrorResponse } from '../errors.ts';
import type { HttpResponse } from '../response.ts';

/** Codes that OpenAI has names of its own for, and that clients act on: who has spent everything is not retried. */
const codes: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'invalid_api_key',
  rate_limited: 'rate_limit_exceeded',
  budget_exhausted: 'insufficient_quota',
};

/** An error in OpenAI's shape (https://platform.openai.com/docs/guides/error-codes); `requestId` is ours. */
export function toOpenAiError(thrown: unknown, requestId: string): { error: Record<string, unknown> } {
  const error = toRagError(thrown);
  const { param, reason } = error.details;
  const code = typeof reason === 'string' ? reason : (codes[error.code] ?? error.code);
  return {
    error: {
      message: error.message,
      type: typeOf(error),
      param: typeof param === 'string' ? param : null,
      code,
      requestId,
    },
  };
}

/** An error as a whole response, while nothing has been sent yet. OpenAI's own clients retry it only where that may help. */
export function toOpenAiErrorResponse(thrown: unknown, requestId: string): HttpResponse {
  const { status, headers } = toErrorResponse(thrown, requestId);
  return {
    status,
    headers: { ...headers, 'x-should-retry': String(toRagError(thrown).retryable) },
    body: JSON.stringify(toOpenAiError(thrown, requestId)),
  };
}

function typeOf({ code, status }: RagError): string {
  if (status >= 500) return 'server_error';
  if (code === 'budget_exhausted') return 'insufficient_quota';
  return status === 429 ? 'requests' : 'invalid_request_error';
}
