/** What is known of an error besides its code and message. */
export interface ApiErrorFields {
  /** HTTP status; 0 where no answer came. */
  status: number;
  /** One of docs/api.md, Errors; `network` where no answer came, `unknown` where it was not one of Raglan's. */
  code: string;
  message: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** How long to leave the server alone, in milliseconds. */
  retryAfterMs?: number;
  requestId?: string;
  /** Further fields of the error's body. */
  details?: Readonly<Record<string, unknown>>;
}

/** The one error that the API's client throws, an abort apart. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(fields: ApiErrorFields, options: { cause?: unknown } = {}) {
    super(fields.message, options);
    this.status = fields.status;
    this.code = fields.code;
    this.retryable = fields.retryable;
    this.retryAfterMs = fields.retryAfterMs;
    this.requestId = fields.requestId;
    this.details = fields.details ?? {};
  }
}

/** The request did not reach the server, or its answer did not reach us. */
export function networkError(cause?: unknown): ApiError {
  const message = 'The server could not be reached.';
  return new ApiError({ status: 0, code: 'network', message, retryable: true }, { cause });
}

/** What OpenAI calls errors, which `/v1` answers with, by our own codes (docs/api.md, OpenAI). */
const openAiCodes: Readonly<Record<string, string>> = {
  invalid_api_key: 'unauthorized',
  rate_limit_exceeded: 'rate_limited',
  insufficient_quota: 'budget_exhausted',
};

/** A body in the API's or in OpenAI's shape as an error. What is neither has the code `unknown`. */
export function errorOfBody(
  body: unknown,
  known: Pick<ApiErrorFields, 'status' | 'requestId' | 'retryAfterMs'>,
): ApiError {
  const told = fieldsOf(fieldsOf(body)['error']);
  const { code, message, retryable, requestId, ...details } = told;
  if (typeof code !== 'string') {
    const message = `The server answered with status ${known.status}.`;
    return new ApiError({ ...known, code: 'unknown', message, retryable: known.status >= 500 });
  }
  return new ApiError({
    ...known,
    code: openAiCodes[code] ?? code,
    message: typeof message === 'string' ? message : code,
    retryable: retryable === true,
    ...(typeof requestId === 'string' && { requestId }),
    details,
  });
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
