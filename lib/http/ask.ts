import * as z from 'zod';
import { createAfterResponse } from '../async/after-response.ts';
import { started } from '../async/started.ts';
import type { Ask } from '../rag/ask/ask.ts';
import type { AskEvent, Question } from '../rag/types.ts';
import type { HttpCaller } from './caller.ts';
import { filter } from './filter.ts';
import { collection } from './scope.ts';
import { parseJsonBody, type HttpRequest } from './request.ts';
import { json, type HttpResponse } from './response.ts';
import type { Route } from './router.ts';
import { encodeSse } from './sse.ts';

/** Kept back from the invocation's time for the last event and the work after it. */
const reserveMs = 2_000;

/** When the response starts at the latest, whether or not there is anything to tell yet. */
const startWithinMs = 5_000;

/** How long cache write, usage and metrics may take. */
const afterResponseMs = 1_500;

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

/** The use case behind `POST /ask`, and where its late failures go. */
export interface AskRouteDependencies {
  ask: Ask;
  /** Time for a whole answer, if the invocation has that much. */
  budgetMs: number;
  onError: (error: unknown) => void;
}

/** `POST /ask`: server-sent events, or one JSON answer. */
export function createAskRoute({ ask, budgetMs, onError }: AskRouteDependencies): Route {
  return {
    method: 'POST',
    pattern: /^\/ask\/?$/,
    handle: async (request) => {
      const body = parseJsonBody(request, askBody);
      const afterResponse = createAfterResponse(onError);
      const events = ask(toQuestion(body, request.caller), {
        // Lambda never tells that the caller left, so nothing but the deadline ends an answer early.
        signal: new AbortController().signal,
        budgetMs: Math.max(0, Math.min(budgetMs, request.remainingMs - reserveMs)),
        afterResponse,
      });
      const wantsStream = body.stream ?? accepts(request, 'text/event-stream');
      try {
        const response = wantsStream
          ? await stream(events, request, onError)
          : json(200, await collect(events));
        return { ...response, afterResponse: () => afterResponse.settle(afterResponseMs) };
      } catch (error) {
        await afterResponse.settle(afterResponseMs);
        throw error;
      }
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

async function stream(
  events: AsyncGenerator<AskEvent, void>,
  { requestId }: HttpRequest,
  onError: (error: unknown) => void,
): Promise<HttpResponse> {
  return {
    status: 200,
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
    body: encodeSse(await started(events, startWithinMs), { requestId, onError }),
  };
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
