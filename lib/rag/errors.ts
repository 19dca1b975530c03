import type { Usage } from './types.ts';

/** Every code a caller can meet. The status and whether to retry belong to the code, so they stand here once. */
const catalogue = {
  invalid_request: { status: 400, retryable: false },
  invalid_metadata: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  rate_limited: { status: 429, retryable: true },
  budget_exhausted: { status: 429, retryable: false },
  not_found: { status: 404, retryable: false },
  original_missing: { status: 409, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  unreadable_document: { status: 422, retryable: false },
  encrypted_document: { status: 422, retryable: false },
  no_text: { status: 422, retryable: false },
  too_complex: { status: 422, retryable: false },
  configuration: { status: 500, retryable: false },
  index_mismatch: { status: 500, retryable: false },
  internal: { status: 500, retryable: false },
  interrupted: { status: 500, retryable: false },
  model_unavailable: { status: 502, retryable: true },
  model_rejected: { status: 502, retryable: false },
  answer_cut: { status: 502, retryable: true },
  model_busy: { status: 503, retryable: true },
  overloaded: { status: 503, retryable: true },
  storage_unavailable: { status: 503, retryable: true },
  conflict: { status: 409, retryable: true },
  deadline: { status: 504, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof catalogue;

/** All of them. */
export const errorCodes = Object.keys(catalogue) as readonly ErrorCode[];

/** What goes with an error besides code and message. */
export interface RagErrorOptions {
  cause?: unknown;
  /** How long the failing side asked to be left alone, in milliseconds. */
  retryAfterMs?: number;
  /** What the model had used when it failed. */
  usage?: Usage;
  /** More for the caller, shown as further fields of the error body. Never secrets or documents' text. */
  details?: Readonly<Record<string, unknown>>;
}

/**
 * The one error that leaves an adapter or the flow. `message` is for the caller and says what to do; what must not be
 * seen outside goes into `cause`. Anything else that is thrown is a defect and is shown as `internal`.
 */
export class RagError extends Error {
  override readonly name = 'RagError';
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly usage: Usage | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: RagErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = catalogue[code].status;
    this.retryable = catalogue[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.usage = options.usage;
    this.details = options.details ?? {};
  }
}

/** Any thrown value as a RagError: itself, or `internal` with the value as its cause and nothing of it in the message. */
export function toRagError(error: unknown): RagError {
  if (error instanceof RagError) return error;
  return new RagError('internal', 'Something went wrong on our side.', { cause: error });
}
