/** A failure in OpenAI's shape: `{error: {message, type, param, code}}` under `status`. */
export interface ApiFailure {
  status: number;
  message: string;
  type: 'invalid_request_error' | 'server_error';
  param: string | null;
  code: string | null;
  /** Sent as `Retry-After`. */
  retryAfterSeconds?: number;
}

/** Thrown by every route of the models' server; the server turns it into a response in one place. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

/** 400 (or another 4xx status): the caller has to send something else. */
export function invalidRequest(message: string, param: string | null = null, status = 400): ApiError {
  return new ApiError({ status, message, type: 'invalid_request_error', param, code: null });
}

/** 404 `model_not_found`, as OpenAI says it. */
export function unknownModel(model: string): ApiError {
  return new ApiError({
    status: 404,
    message: `The model '${model.slice(0, 100)}' does not exist here. GET /v1/models lists the ones that do.`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  });
}

/** 503 with `Retry-After`: a queue is at its bound. */
export function overloaded(what: string): ApiError {
  return new ApiError({
    status: 503,
    message: `Too many ${what} are waiting. Try again in a moment.`,
    type: 'server_error',
    param: null,
    code: 'overloaded',
    retryAfterSeconds: 1,
  });
}

/** Any thrown value as an ApiError; a defect shows nothing of itself. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = 'The model failed.';
  return new ApiError({ status: 500, message, type: 'server_error', param: null, code: null }, error);
}
