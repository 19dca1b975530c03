import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One request as upstream got it. */
export interface Exchange {
  path: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
  response: ServerResponse;
  /** Resolves when the connection that it came by is closed. */
  closed: Promise<void>;
  /** Of which connection, from 0. */
  connection: number;
}

/** Answers an exchange. */
export type Answer = (exchange: Exchange) => void | Promise<void>;

/** A model's API on loopback that answers request after request as the test says, and the last way from then on. */
export async function startUpstream(...answers: Answer[]) {
  const exchanges: Exchange[] = [];
  const connections: Socket[] = [];
  const events = new EventEmitter();
  const server = createServer((request, response) => {
    const take = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const exchange: Exchange = {
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
        response,
        closed: once(request.socket, 'close').then(() => {}),
        connection: connections.indexOf(request.socket),
      };
      exchanges.push(exchange);
      events.emit('exchange');
      await answers[Math.min(exchanges.length, answers.length) - 1]?.(exchange);
    };
    take().catch((error: unknown) => server.emit('error', error));
  });
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    exchanges,
    connections,
    /** Resolves with the `nth` exchange (from 1) once it is there. */
    exchange: async (nth = 1): Promise<Exchange> => {
      while (exchanges.length < nth) await once(events, 'exchange');
      return exchanges[nth - 1]!;
    },
  };
}

/** Answers with a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** An error as OpenAI tells it. */
export function failure(status: number, code: string, headers: Record<string, string> = {}): Answer {
  return json(status, { error: { message: 'quotes the prompt: SECRET', type: code, code } }, headers);
}

/** Drops the connection without an answer. */
export const reset: Answer = ({ response }) => {
  response.socket?.resetAndDestroy();
};

/** Begins an event stream; the test writes the rest. */
export const beginStream = ({ response }: Exchange): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
};

/** Answers with a whole event stream of these events and ends it. */
export function stream(...events: unknown[]): Answer {
  return (exchange) => {
    beginStream(exchange);
    exchange.response.end(events.map(toFrame).join(''));
  };
}

/** An event as it stands in a stream. */
export function toFrame(event: unknown): string {
  return `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
}

/** A chunk of text. */
export function textChunk(content: string): object {
  return { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
}

/** The chunk that ends the choice. */
export function finishChunk(finish_reason: string): object {
  return { choices: [{ index: 0, delta: {}, finish_reason }] };
}

/** The chunk with the usage, which comes after the finish. */
export const usageChunk = {
  choices: [],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
};
