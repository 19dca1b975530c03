import { request, type Agent, type IncomingMessage } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { DeltaEvent, DoneEvent, SourcesEvent } from '../../lib/rag/types.ts';

/** What `POST /ask` sent, as an SSE client sees it. Times are in milliseconds since the request. */
export interface Asked {
  status: number;
  headers: IncomingMessage['headers'];
  /** The body of an answer that was no stream of events. */
  body: string;
  /** Names of the events, in order. */
  events: string[];
  text: string;
  sources?: Omit<SourcesEvent, 'type'>;
  done?: Omit<DoneEvent, 'type'>;
  error?: { error: { code: string; message: string; requestId: string; retryable: boolean }; usage: unknown };
  headersMs: number;
  firstDeltaMs?: number;
  totalMs: number;
}

/** Asks and reads the answer to its end. Rejects if the connection is cut. `agent` keeps connections between questions. */
export async function ask(
  url: string,
  body: {
    question: string;
    cache?: 'use' | 'refresh' | 'off';
    stream?: boolean;
    topK?: number;
    filter?: Record<string, unknown>;
  },
  agent?: Agent,
): Promise<Asked> {
  const startMs = performance.now();
  const sinceMs = () => performance.now() - startMs;
  const response = await send(`${url}/ask`, JSON.stringify({ stream: true, ...body }), agent);
  const asked: Asked = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: '',
    events: [],
    text: '',
    headersMs: sinceMs(),
    totalMs: 0,
  };
  const parser = createParser({ onEvent: (event) => take(asked, event, sinceMs) });
  response.setEncoding('utf8');
  const isStream = response.headers['content-type']?.startsWith('text/event-stream');
  for await (const part of response as AsyncIterable<string>) {
    if (isStream) parser.feed(part);
    else asked.body += part;
  }
  asked.totalMs = sinceMs();
  return asked;
}

function take(asked: Asked, { event = '', data }: EventSourceMessage, sinceMs: () => number): void {
  asked.events.push(event);
  const value: unknown = JSON.parse(data);
  if (event === 'delta') {
    asked.firstDeltaMs ??= sinceMs();
    asked.text += (value as DeltaEvent).text;
  } else Object.assign(asked, { [event]: value });
}

function send(url: string, body: string, agent: Agent | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', headers, agent: agent ?? false });
    outgoing.once('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(body);
  });
}
