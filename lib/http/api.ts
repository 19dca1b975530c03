import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createAnswerStreamRoutes, type AnswerStreamRoutesDependencies } from './answer-stream-routes.ts';
import { createAskRoute, type AskRouteDependencies } from './ask.ts';
import { createCacheRoutes, type CacheRoutesDependencies } from './cache.ts';
import { createBatchRoute } from './batch.ts';
import { createDocumentRoutes, type DocumentRoutesDependencies } from './documents.ts';
import { withCors } from './cors.ts';
import { createFeedbackRoute, type FeedbackRouteDependencies } from './feedback.ts';
import { createHealthRoute } from './health.ts';
import { createJobRoutes, type JobRoutesDependencies } from './jobs.ts';
import { createOpenAiRoutes } from './openai/routes.ts';
import { createOpenApiRoute } from './openapi.ts';
import { toRequest } from './request.ts';
import type { HttpResponse } from './response.ts';
import { refuseOtherPages } from './other-pages.ts';
import { createPassageRoute, type PassageRouteDependencies } from './passages.ts';
import { createRouter, methodsAt, type AnyRoute, type Identify } from './router.ts';
import { withErrors } from './with-errors.ts';

/** The use cases and ports behind the routes, who calls them, and the models that `/health` names. */
export interface ApiDependencies
  extends
    AskRouteDependencies,
    AnswerStreamRoutesDependencies,
    CacheRoutesDependencies,
    DocumentRoutesDependencies,
    FeedbackRouteDependencies,
    JobRoutesDependencies,
    PassageRouteDependencies {
  identify: Identify;
  /** Origins of the pages elsewhere that may call. */
  allowedOrigins: readonly string[];
  /** Whether all other pages are refused altogether, as where callers need no key. */
  refusesOtherPages: boolean;
  models: { chat: string; embedding: string; dimensions: number };
}

/** Answers a function-URL event, whatever becomes of it. */
export type Api = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpResponse>;

/** Every HTTP route over the use cases. */
export function createRoutes(deps: ApiDependencies): readonly AnyRoute[] {
  const routes: readonly AnyRoute[] = [
    createAskRoute(deps),
    createFeedbackRoute(deps),
    ...createCacheRoutes(deps),
    createBatchRoute(deps),
    ...createAnswerStreamRoutes(deps),
    ...createJobRoutes(deps),
    ...createOpenAiRoutes(deps),
    ...createDocumentRoutes(deps),
    createPassageRoute(deps),
    createHealthRoute(deps.models),
    createOpenApiRoute(() => routes),
  ];
  return routes;
}

/** What is behind the function URL. */
export function createApi(deps: ApiDependencies): Api {
  const { allowedOrigins, refusesOtherPages, onError } = deps;
  const routes = createRoutes(deps);
  const route = createRouter(routes, deps.identify);
  const guarded = refusesOtherPages ? refuseOtherPages(route, allowedOrigins) : route;
  const methodsOf = (path: string) => methodsAt(routes, path);
  const answer = withCors(withErrors(guarded, onError), { allowedOrigins, methodsOf });
  return (event, context) => answer(toRequest(event, context));
}
