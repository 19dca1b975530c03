import { EventSourceParserStream } from 'eventsource-parser/stream';
import { authorization } from '../authorization.ts';
import { noServerAt, reasonOf } from '../server-reply.ts';
import { parseEvent, type AskViewEvent } from './events.ts';

/** The server is not there, or did not take the question; the message is for the person who asked. */
export class AskFailure extends Error {}

/** Longest event in characters; what is longer is no answer of ours. */
const maxEventLength = 4 * 1024 * 1024;

/** Asks a running server and yields the answer's events as they come. Throws AskFailure. */
export async function* askServer(
  url: string,
  question: string,
  signal: AbortSignal,
): AsyncGenerator<AskViewEvent, void> {
  const response = await post(url, question, signal);
  if (!response.ok || response.body === null) throw new AskFailure(await reasonOf(response));
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: maxEventLength }));
  let isWhole = false;
  for await (const { event, data } of events) {
    const known = parseEvent(event, data);
    if (known === undefined) continue;
    isWhole = known.type === 'done' || known.type === 'error';
    yield known;
  }
  if (!isWhole) throw new AskFailure('The connection ended before the answer did.');
}

async function post(url: string, question: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(new URL('/ask', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...authorization() },
      body: JSON.stringify({ question, stream: true }),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AskFailure(noServerAt(url), { cause: error });
  }
}
