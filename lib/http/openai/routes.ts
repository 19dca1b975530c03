import * as z from 'zod';
import { parseJsonBody } from '../request.ts';
import type { AskRouteDependencies } from '../ask.ts';
import { respond, respondWithEvents } from '../respond.ts';
import { json, type HttpResponse } from '../response.ts';
import type { CallerRequest, Route } from '../router.ts';
import { timed } from '../timed.ts';
import { encodeChunks } from './chunks.ts';
import { toCompletion } from './completion.ts';
import { completeContract, getModelContract, listModelsContract } from './contracts.ts';
import { toConversation } from './messages.ts';
import { modelIds, parseModel, toModelObject } from './models.ts';
import { parseChatBody } from './parameters.ts';
import { toParts } from './parts.ts';
import { throwingStream } from './streamed-answer.ts';

/** How many sources an answer is given at most, as in `POST /ask` where nothing is said. */
const topK = 8;

const anyObject = z.record(z.string(), z.unknown(), { error: 'must be an object' });

/** The routes that OpenAI's clients call (https://platform.openai.com/docs/api-reference/chat), over our own answers. */
export function createOpenAiRoutes(deps: AskRouteDependencies): Route[] {
  return [
    {
      method: 'POST',
      pattern: /^\/v1\/chat\/completions\/?$/,
      contract: completeContract,
      handle: (request) => complete(deps, request),
    },
    {
      method: 'GET',
      pattern: /^\/v1\/models\/?$/,
      contract: listModelsContract,
      handle: ({ caller }) =>
        timed(async (options) => {
          const collections = await caller.collections(options);
          const ids = (collections ?? ['main']).flatMap(modelIds);
          return json(200, { object: 'list', data: ids.map(toModelObject) });
        }),
    },
    {
      method: 'GET',
      pattern: /^\/v1\/models\/(?<id>.+)$/,
      contract: getModelContract,
      handle: ({ caller }, { id = '' }) =>
        timed(async (options) => {
          const { collection } = parseModel(id);
          await caller.permit({ scope: 'ask', collection }, options);
          return json(200, toModelObject(id));
        }),
    },
  ];
}

async function complete(deps: AskRouteDependencies, request: CallerRequest): Promise<HttpResponse> {
  const body = parseChatBody(parseJsonBody(request, anyObject));
  const { model } = body;
  const { collection, listsSources } = parseModel(model);
  const scope = request.caller.scopeOf(collection);
  const question = { ...toConversation(body.messages), scope, topK, cache: 'use' } as const;
  if (!body.stream) {
    return respond(deps, request, question, async (events) =>
      json(200, await toCompletion(toParts(events, { listsSources }), model)),
    );
  }
  const { requestId } = request;
  const { onError } = deps;
  const includesUsage = body.stream_options?.include_usage ?? false;
  const ask = throwingStream(deps.streamAnswer, requestId);
  return respond({ ...deps, ask }, request, question, async (events) =>
    respondWithEvents(events, (rest) =>
      encodeChunks(toParts(rest, { listsSources }), { model, includesUsage, requestId, onError }),
    ),
  );
}
