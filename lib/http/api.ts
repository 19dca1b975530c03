import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createAnswerStreamRoutes, type AnswerStreamRoutesDependencies } from './answer-stream-routes.ts';
import { createAskRoute, type AskRouteDependencies } from './ask.ts';
import { createCacheRoutes, type CacheRoutesDependencies } from './cache.ts';
import { createBatchRoute } from './batch.ts';
import { createDocumentRoutes, type DocumentRoutesDependencies } from './documents.ts';
import { createFeedbackRoute, type FeedbackRouteDependencies } from './feedback.ts';
import { createHealthRoute } from './health.ts';
import { createJobRoutes, type JobRoutesDependencies } from './jobs.ts';
import { createOpenAiRoutes } from './openai/routes.ts';
import { createOpenApiRoute } from './openapi.ts';
import { withOpenAiErrors } from './openai/wire.ts';
import { toRequest } from './request.ts';
import type { HttpResponse } from './response.ts';
import { createPassageRoute, type PassageRouteDependencies } from './passages.ts';
import { createRouter, type AnyRoute, type Identify } from './router.ts';

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
  models: { chat: string; embedding: string; dimensions: number };
}

/** Answers a function-URL event. Throws RagError for what the caller did wrong or what is not available. */
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
  const route = createRouter(createRoutes(deps), deps.identify);
  const answer = withOpenAiErrors(route, deps.onError);
  return (event, context) => answer(toRequest(event, context));
}
