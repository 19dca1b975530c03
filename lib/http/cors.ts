import { nothing, type HttpResponse } from './response.ts';
import type { Answer } from './with-errors.ts';

/** Which pages elsewhere may call, and what there is for them. */
export interface CorsOptions {
  /** As browsers send them in `Origin`. */
  allowedOrigins: readonly string[];
  /** The methods of a path; none if it is nobody's. */
  methodsOf: (path: string) => readonly string[];
}

/** How long a browser need not ask again, in seconds; Chromium takes no more. */
const maxAgeSeconds = 7_200;

/**
 * Lets pages of these origins read every answer, errors and streams alike, and answers their browsers' preflights
 * (https://fetch.spec.whatwg.org/#http-cors-protocol). Who calls says so by a key of theirs and never by cookies, so
 * credentials are not allowed, and the wildcards below mean what they say.
 */
export function withCors(answer: Answer, { allowedOrigins, methodsOf }: CorsOptions): Answer {
  if (allowedOrigins.length === 0) return answer;
  const allowed = new Set(allowedOrigins);
  return async (request) => {
    const { method, path, headers } = request;
    const { origin, 'access-control-request-method': wanted } = headers;
    const isAllowed = origin !== undefined && allowed.has(origin);
    const isPreflight = isAllowed && method === 'OPTIONS' && wanted !== undefined;
    const methods = isPreflight ? methodsOf(path) : [];
    const response = methods.length > 0 ? preflight(methods) : await answer(request);
    return {
      ...response,
      headers: { ...response.headers, ...(isAllowed && reading(origin)), vary: 'origin' },
    };
  };
}

function reading(origin: string): Record<string, string> {
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': '*' };
}

function preflight(methods: readonly string[]): HttpResponse {
  return {
    ...nothing(),
    headers: {
      'access-control-allow-methods': methods.join(', '),
      // The one header that the wildcard does not stand for is named.
      'access-control-allow-headers': 'authorization, *',
      'access-control-max-age': String(maxAgeSeconds),
    },
  };
}
