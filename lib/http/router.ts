import { RagError } from '../rag/errors.ts';
import type { HttpCaller } from './caller.ts';
import type { Contract } from './contract.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

/** A request whose sender has said who they are. */
export interface CallerRequest extends HttpRequest {
  caller: HttpCaller;
}

type Handle<Request> = (request: Request, parameters: Record<string, string>) => Promise<HttpResponse>;

interface Place {
  method: string;
  pattern: RegExp;
  /** Made when somebody wants to know it: its schemas take time, which a cold start should not pay. */
  contract: () => Contract;
}

/**
 * One method of one path. Named groups of the pattern are the parameters, percent-decoded. What it does for its caller must
 * not leave before the caller's `permit` or `admit` has resolved.
 */
export interface Route extends Place {
  handle: Handle<CallerRequest>;
}

/** A route for anybody, known or not. */
export interface OpenRoute extends Place {
  isOpen: true;
  handle: Handle<HttpRequest>;
}

/** A route of either kind. */
export type AnyRoute = Route | OpenRoute;

/** A caller, and what the answers to them say of their limits. */
export interface Identified {
  caller: HttpCaller;
  /** What is known by now. */
  headers(): Record<string, string>;
}

/** Who sends a request, by its headers alone. Throws RagError `unauthorized` for one who does not say. */
export type Identify = (request: HttpRequest) => Identified;

/**
 * Calls the first route whose pattern and method fit. Throws RagError `not_found` for an unknown path,
 * `method_not_allowed` with what is allowed for a known one, `unauthorized`, `invalid_request` for a path that cannot be
 * decoded.
 */
export function createRouter(
  routes: readonly AnyRoute[],
  identify: Identify,
): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    for (const route of routes) {
      const match = route.method === request.method && route.pattern.exec(request.path);
      if (match) return enter(route, identify, request, match.groups ?? {});
    }
    const allow = methodsAt(routes, request.path);
    if (allow.length === 0) throw new RagError('not_found', 'There is nothing at this path.');
    throw new RagError('method_not_allowed', `This path takes ${allow.join(', ')}.`, { details: { allow } });
  };
}

/** The methods of a path; none if it is no route's. */
export function methodsAt(routes: readonly AnyRoute[], path: string): string[] {
  return Array.from(new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)));
}

async function enter(
  route: AnyRoute,
  identify: Identify,
  request: HttpRequest,
  groups: Record<string, string>,
): Promise<HttpResponse> {
  if ('isOpen' in route) return route.handle(request, decode(groups));
  const identified = identify(request);
  const { caller } = identified;
  const response = await route.handle({ ...request, caller }, decode(groups));
  return { ...response, headers: { ...response.headers, ...identified.headers() } };
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
