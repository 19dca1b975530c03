import { request, type IncomingMessage } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** How one streamed answer went. */
export interface HeldStream {
  /** Milliseconds from the request to the first text; absent where none came. */
  firstTokenMs?: number;
  text: string;
  /** How the answer ended, as its `done` tells it. */
  finishReason?: string;
  /** Why there is no answer, or no whole one. */
  failure?: string;
}

/**
 * Asks, and calls `opened` as soon as the first text or a failure is there. Resolves when the stream has ended, whatever it
 * came to; never rejects.
 */
export async function holdStream(
  url: string,
  question: string,
  { signal, opened }: { signal: AbortSignal; opened: () => void },
): Promise<HeldStream> {
  const startMs = performance.now();
  const stream: HeldStream = { text: '' };
  const onEvent = ({ event, data }: EventSourceMessage) => {
    const value = JSON.parse(data) as { text?: string; finishReason?: string; error?: { code: string } };
    if (event === 'error') stream.failure = value.error?.code ?? 'error';
    if (event === 'done' && value.finishReason !== undefined) stream.finishReason = value.finishReason;
    if (event !== 'delta') return;
    stream.firstTokenMs ??= performance.now() - startMs;
    stream.text += value.text ?? '';
    opened();
  };
  try {
    const response = await post(`${url}/ask`, { question, stream: true }, signal);
    const parser = createParser({ onEvent });
    response.setEncoding('utf8');
    let body = '';
    for await (const part of response as AsyncIterable<string>) {
      if (response.statusCode === 200) parser.feed(part);
      else body += part;
    }
    if (response.statusCode !== 200) stream.failure = refusal(response, body);
  } catch (error) {
    stream.failure ??= (error as NodeJS.ErrnoException).code ?? String(error);
  }
  opened();
  return stream;
}

/** Status, code and the wait that was asked for. */
function refusal({ statusCode, headers }: IncomingMessage, body: string): string {
  const code = /"code":"(\w+)"/.exec(body)?.[1] ?? 'no code';
  return `${statusCode} ${code}, retry-after ${headers['retry-after'] ?? 'none'}`;
}

/** Each on a connection of its own, as streams that are open at once have them anyway. */
function post(url: string, body: object, signal: AbortSignal): Promise<IncomingMessage> {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, agent: false, signal });
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}
