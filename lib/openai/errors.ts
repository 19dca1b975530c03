import { APIConnectionError, APIError, OpenAIError } from 'openai';
import { RagError } from '../rag/errors.ts';

/**
 * What a failure of the model's API is to us. Its own message goes into `cause` only: it may quote the prompt.
 */
export function toModelError(error: unknown): RagError {
  if (error instanceof RagError) return error;
  // The client wraps what fails while it gets the key; that is ours and says more.
  if (error instanceof OpenAIError && error.cause instanceof RagError) return error.cause;
  if (error instanceof APIConnectionError || !(error instanceof APIError)) {
    return new RagError('model_unavailable', 'The model could not be reached. Try again shortly.', {
      cause: error,
    });
  }
  const { status } = error as APIError;
  if (status === 429) return busy(error);
  if (status === undefined || status >= 500 || status === 408 || status === 409) {
    return new RagError('model_unavailable', 'The model is not available. Try again shortly.', {
      cause: error,
      ...retryAfter(error),
    });
  }
  return new RagError('model_rejected', rejection(status), { cause: error });
}

// A spent quota also comes as 429, but no waiting helps it.
function busy(error: APIError): RagError {
  if (error.code === 'insufficient_quota') {
    return new RagError('model_rejected', "The model account's quota is used up.", { cause: error });
  }
  return new RagError('model_busy', 'The model takes no more requests right now. Try again shortly.', {
    cause: error,
    ...retryAfter(error),
  });
}

/**
 * Whether a failure is the request's own, so that no provider would answer it differently: it is not valid, too long, or
 * stopped by a content filter. What a stream says of itself has no status but the kind of the error.
 */
export function isOfRequest(error: unknown): boolean {
  const { cause } = error instanceof RagError ? error : {};
  if (!(cause instanceof APIError)) return false;
  const { status, code, type } = cause as APIError;
  if (code === 'content_filter') return true;
  if (status !== undefined) return [400, 413, 422].includes(status);
  // OpenAI's word and vLLM's.
  return type === 'invalid_request_error' || type === 'BadRequestError';
}

function rejection(status: number): string {
  if (status === 401 || status === 403) return 'The model refused our key. Check the configured key.';
  if (status === 404) return 'The model does not exist at this address. Check the configured model.';
  return 'The model refused the request.';
}

// https://www.rfc-editor.org/rfc/rfc9110#field.retry-after: seconds or a date.
function retryAfter(error: APIError): { retryAfterMs?: number } {
  const value = error.headers?.get('retry-after');
  if (!value) return {};
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? { retryAfterMs: ms } : {};
}
