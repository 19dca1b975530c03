import { createParser } from 'eventsource-parser';
import { expect, vi } from 'vitest';
import type { DoneEvent, SourcesEvent } from '../../lib/rag/types.ts';
import type { HttpTarget } from './target.ts';

/** A document as `GET /documents/{id}` shows it. */
export interface DocumentView {
  id: string;
  state: string;
  collection: string;
  title: string;
  chunks: number;
  chunksDone: number;
  attempts: number;
  /** ISO 8601. */
  updatedAt: string;
  reason?: { code: string; message: string; whatToDo: string };
}

/** An answer in one piece, as `POST /ask` gives it in JSON. */
export type Answer = { answer: string } & Omit<SourcesEvent, 'type'> & Omit<DoneEvent, 'type'>;

/** One server-sent event. */
export interface SseEvent {
  id: string | undefined;
  event: string | undefined;
  data: Record<string, unknown>;
}

/** The API's routes in one collection of documents. */
export interface Client {
  collection: string;
  /** Puts a document and returns the response's view of it. */
  put(id: string, body: string | Uint8Array<ArrayBuffer>, contentType: string): Promise<DocumentView>;
  get(id: string): Promise<DocumentView>;
  /** Waits until a document is in a state, for at most 25 s. */
  becomes(id: string, state: string): Promise<DocumentView>;
  ask(question: string, more?: Record<string, unknown>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Deletes every document of the collection. */
  cleanUp(): Promise<void>;
}

/** A client of a target that works in this collection. */
export function createClient(target: HttpTarget, collection: string): Client {
  const at = (id: string) => `/documents/${id}?collection=${collection}`;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    target.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const get = async (id: string) => json<DocumentView>(await target.fetch(at(id)), 200);
  return {
    collection,
    get,
    post,
    put: async (id, body, contentType) =>
      json(
        await target.fetch(at(id), { method: 'PUT', body, headers: { 'content-type': contentType } }),
        202,
      ),
    becomes: async (id, state) => {
      const check = async () => {
        const document = await get(id);
        expect(document).toMatchObject({ state });
        return document;
      };
      return vi.waitFor(check, { timeout: 25_000, interval: 50 });
    },
    ask: async (question, more = {}) => {
      const response = await post('/ask', { question, collection, cache: 'off', stream: false, ...more });
      return json(response, 200);
    },
    cleanUp: async () => {
      const page = await target.fetch(`/documents?collection=${collection}&limit=100`);
      const { documents } = await json<{ documents: DocumentView[] }>(page, 200);
      for (const { id } of documents) await (await target.fetch(at(id), { method: 'DELETE' })).arrayBuffer();
    },
  };
}

/** The body of a response that must have this status. */
export async function json<T>(response: Response, status: number): Promise<T> {
  const text = await response.text();
  expect({ status: response.status, text }).toEqual({ status, text });
  return JSON.parse(text) as T;
}

/** The events of a streamed response. */
export async function readEvents(response: Response): Promise<SseEvent[]> {
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const events: SseEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => events.push({ id, event, data: JSON.parse(data) }),
  });
  parser.feed(await response.text());
  return events;
}
