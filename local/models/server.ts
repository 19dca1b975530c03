import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { answerFrom } from './answer.ts';
import { chatModel, chatSchema, toChunks, toCompletion, toWhole } from './chat.ts';
import { dimensions, embed, embeddingModel, embeddingsSchema } from './embeddings.ts';
import { createEncoder } from './encoder.ts';
import type { Encoder } from './encoder.ts';
import { invalidRequest, overloaded, unknownModel } from './errors.ts';
import { assertLocal, readJson, sendEvents, sendFailure, sendJson } from './exchange.ts';
import { readLexicon } from './lexicon.ts';
import type { Lexicon } from './lexicon.ts';
import { createRememberingEncoder } from './remembering.ts';

/** A running server, and what a client has to know of it. */
export interface Models {
  /** `http://127.0.0.1:PORT/v1`, as the openai client takes it; any key will do. */
  baseUrl: string;
  chatModel: string;
  embeddingModel: string;
  /** Length of every vector. */
  dimensions: number;
  /** Cuts open requests and ends the threads. */
  close(): Promise<void>;
}

type Route = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<void>;

const maxRequests = 1_024;

/**
 * Serves real embeddings and extractive chat in OpenAI's wire format on 127.0.0.1, with no key and no network. Resolves when
 * it listens; the threads load their model meanwhile, and requests wait for them. Port 0, the default, takes a free one.
 */
export async function startModels({ port = 0 }: { port?: number } = {}): Promise<Models> {
  const encoder = createRememberingEncoder(createEncoder());
  const routes = createRoutes(encoder, await readLexicon());
  let open = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const left = new AbortController();
    response.once('close', () => left.abort());
    open++;
    try {
      assertLocal(request);
      if (open > maxRequests) throw overloaded('requests');
      await routeOf(routes, request)(request, response, left.signal);
    } catch (error) {
      if (!left.signal.aborted) sendFailure(response, error);
    } finally {
      open--;
    }
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  // Longer than a client keeps an idle connection, or it would reuse one that is just being closed.
  server.keepAliveTimeout = 60_000;
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    await encoder.close();
    throw error;
  }

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    chatModel,
    embeddingModel,
    dimensions,
    async close() {
      server.close();
      server.closeAllConnections();
      await encoder.close();
    },
  };
}

function createRoutes(encoder: Encoder, lexicon: Lexicon): Record<string, Route> {
  return {
    async 'GET /v1/models'(_request, response) {
      const data = [chatModel, embeddingModel].map((id) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'raglan',
      }));
      sendJson(response, { object: 'list', data });
    },
    async 'POST /v1/embeddings'(request, response, signal) {
      const body = await readJson(request, embeddingsSchema);
      if (body.model !== embeddingModel) throw unknownModel(body.model);
      sendJson(response, await embed(encoder, body, signal));
    },
    async 'POST /v1/chat/completions'(request, response, signal) {
      const body = await readJson(request, chatSchema);
      if (body.model !== chatModel) throw unknownModel(body.model);
      const answer = await answerFrom(body.messages, { encoder, lexicon, signal });
      const completion = toCompletion(body, answer);
      if (!body.stream) return sendJson(response, toWhole(completion));
      const chunks = toChunks(completion, body.stream_options?.include_usage ?? false);
      return sendEvents(response, chunks, signal);
    },
  };
}

function routeOf(routes: Record<string, Route>, request: IncomingMessage): Route {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const route = routes[`${request.method} ${path}`];
  if (route) return route;
  const otherMethod = Object.keys(routes).some((known) => known.endsWith(` ${path}`));
  if (otherMethod) throw invalidRequest(`${request.method} is not possible here.`, null, 405);
  throw invalidRequest('There is no such route. See GET /v1/models.', null, 404);
}
