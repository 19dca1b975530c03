import { toRagError } from '../rag/errors.ts';
import { toLimitHeaders } from './limit-headers.ts';
import { json, type HttpResponse } from './response.ts';

/** An error as a caller sees it, in a body or in a stream. Nothing of an unknown error is in it. */
export function toErrorBody(error: unknown, requestId: string): { error: Record<string, unknown> } {
  const { code, message, retryable, details } = toRagError(error);
  return { error: { ...details, code, message, requestId, retryable } };
}

/** An error as a whole response, while nothing has been sent yet. */
export function toErrorResponse(error: unknown, requestId: string): HttpResponse {
  const { code, status, retryAfterMs, details } = toRagError(error);
  const headers: Record<string, string> = {};
  // RFC 9110, 15.5.2: a 401 names how to say who one is.
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  if (code === 'rate_limited') Object.assign(headers, toLimitHeaders(details));
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1_000));
  // RFC 9110, 15.5.6: a 405 names what is allowed.
  if (status === 405 && Array.isArray(details['allow'])) headers['allow'] = details['allow'].join(', ');
  return json(status, toErrorBody(error, requestId), headers);
}
