import { RagError } from '../rag/errors.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

/** One method of one path. Named groups of the pattern are the parameters, percent-decoded. */
export interface Route {
  method: string;
  pattern: RegExp;
  handle: (request: HttpRequest, parameters: Record<string, string>) => Promise<HttpResponse>;
}

/**
 * Calls the first route whose pattern and method fit. Throws RagError `not_found` for an unknown path,
 * `method_not_allowed` with what is allowed for a known one, `invalid_request` for a path that cannot be decoded.
 */
export function createRouter(routes: readonly Route[]): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const allow = new Set<string>();
    for (const route of routes) {
      const match = route.pattern.exec(request.path);
      if (!match) continue;
      if (route.method === request.method) return route.handle(request, decode(match.groups ?? {}));
      allow.add(route.method);
    }
    if (allow.size === 0) throw new RagError('not_found', 'There is nothing at this path.');
    throw new RagError('method_not_allowed', `This path takes ${Array.from(allow).join(', ')}.`, {
      details: { allow: Array.from(allow) },
    });
  };
}

function decode(groups: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch (error) {
    throw new RagError('invalid_request', 'The path is not valid percent-encoding.', { cause: error });
  }
}
