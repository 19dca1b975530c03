import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import * as z from 'zod';
import { RagError } from '../rag/errors.ts';
import { describeProblem, toProblems } from './problem.ts';

/** Bytes of a request body at most: base64 makes 6 MB of them, which is the platform's own limit. */
export const maxBodyBytes = 4 * 1024 * 1024;

/** Fields that are told to be wrong: a body may hold a million. */
const problemsAtMost = 20;

/** Half a surrogate pair gets into JSON as an escape only: bytes that are none have become U+FFFD by then. */
const surrogate = /\\u[dD][89a-fA-F]/;

/** A function-URL event, as routes see it. */
export interface HttpRequest {
  method: string;
  /** As sent, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: Buffer;
  /** Whether the platform handed the body over as text: bytes that are no UTF-8 have become U+FFFD by then. */
  isText: boolean;
  requestId: string;
  /** Time until the platform ends the invocation. */
  remainingMs: number;
}

/** Payload format 2.0 (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html) to a request. */
export function toRequest(event: APIGatewayProxyEventV2, context: Context): HttpRequest {
  return {
    method: event.requestContext.http.method.toUpperCase(),
    path: event.rawPath,
    query: new URLSearchParams(event.rawQueryString),
    headers: event.headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    isText: !event.isBase64Encoded,
    requestId: context.awsRequestId,
    remainingMs: context.getRemainingTimeInMillis(),
  };
}

/**
 * The body as JSON in the shape of `schema`, its texts well-formed: what holds half a surrogate pair is refused by models as
 * no JSON, which would look like a failure of theirs. Throws RagError `unsupported_media_type`, `too_large`, `invalid_request`.
 */
export function parseJsonBody<Schema extends z.ZodType>(
  request: HttpRequest,
  schema: Schema,
): z.infer<Schema> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new RagError('unsupported_media_type', 'Send JSON with the header content-type: application/json.');
  }
  if (request.body.length > maxBodyBytes) {
    throw new RagError('too_large', 'The body is larger than 4 MB.');
  }
  let value: unknown;
  try {
    const text = request.body.toString('utf8');
    value = surrogate.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
  } catch (error) {
    throw new RagError('invalid_request', 'The body is not valid JSON.', { cause: error });
  }
  return parseInput(value, schema);
}

function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

/** A value in the shape of `schema`. Throws RagError `invalid_request` that names the fields that are wrong, up to twenty. */
export function parseInput<Schema extends z.ZodType>(value: unknown, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(value, { error: describeProblem });
  if (result.success) return result.data;
  throw invalidInput(toProblems(result.error.issues.slice(0, problemsAtMost)).slice(0, problemsAtMost));
}

/** RagError `invalid_request` that tells these problems. */
export function invalidInput(issues: readonly { field: string; message: string }[]): RagError {
  const sentences = issues.map(({ field, message }) =>
    field ? `${field}: ${message}` : `The body ${message}`,
  );
  // Of a number that breaks several rules at once the message names them all.
  const message = Array.from(new Set(sentences)).join('; ');
  return new RagError('invalid_request', message, { details: { issues } });
}
