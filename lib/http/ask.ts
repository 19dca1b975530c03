import * as z from 'zod';
import type { AskEvent, Question } from '../rag/types.ts';
import type { HttpCaller } from './caller.ts';
import { filter } from './filter.ts';
import { collection } from './scope.ts';
import { parseJsonBody, type HttpRequest } from './request.ts';
import { respond, respondWithEvents, type RespondDependencies } from './respond.ts';
import { json } from './response.ts';
import type { Route } from './router.ts';
import { encodeSse } from './sse.ts';

const turn = z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string().min(1).max(8_000) });

const askBody = z.strictObject({
  question: z.string().trim().min(1, 'must not be empty').max(4_000, 'must be at most 4,000 characters'),
  collection,
  filter: filter.optional(),
  history: z.array(turn).max(20).default([]),
  topK: z.int().min(1).max(20).default(8),
  cache: z.enum(['use', 'refresh', 'off']).default('use'),
  stream: z.boolean().optional(),
});

/** `POST /ask`: server-sent events, or one JSON answer. */
export function createAskRoute(deps: RespondDependencies): Route {
  return {
    method: 'POST',
    pattern: /^\/ask\/?$/,
    handle: async (request) => {
      const body = parseJsonBody(request, askBody);
      const wantsStream = body.stream ?? accepts(request, 'text/event-stream');
      const { requestId } = request;
      const { onError } = deps;
      return respond(deps, request, toQuestion(body, request.caller), async (events) =>
        wantsStream
          ? respondWithEvents(events, (rest) => encodeSse(rest, { requestId, onError }))
          : json(200, await collect(events)),
      );
    },
  };
}

function toQuestion(body: z.infer<typeof askBody>, caller: HttpCaller): Question {
  return {
    text: body.question,
    scope: caller.scopeOf(body.collection),
    history: body.history,
    topK: body.topK,
    cache: body.cache,
    ...(body.filter && { filter: body.filter }),
  };
}

function accepts(request: HttpRequest, type: string): boolean {
  return request.headers['accept']?.toLowerCase().includes(type) ?? false;
}

/** The events as one answer. */
async function collect(events: AsyncIterable<AskEvent>): Promise<Record<string, unknown>> {
  let answer = '';
  const fields: Record<string, unknown> = {};
  for await (const { type, ...event } of events) {
    if (type === 'delta' && 'text' in event) answer += event.text;
    else Object.assign(fields, event);
  }
  return { answer, ...fields };
}
