import { withHeartbeat } from '../async/heartbeat.ts';
import { toRagError } from '../rag/errors.ts';
import type { ErrorEvent, NumberedEvent } from '../rag/ports/answer-log.ts';
import { toErrorBody } from './errors.ts';

/** Idle connections are cut by proxies; a comment line keeps them open. */
export const keepAliveMs = 15_000;

/**
 * Events of an answer as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), each with its
 * id. Never throws: whatever fails becomes an `error` event, and the stream ends. Such an event is not one of the answer's
 * and has no id, so that whoever asks for what came after the last id is not told that there is no more.
 */
export async function* encodeSse(
  events: AsyncIterable<NumberedEvent>,
  { requestId, onError }: { requestId: string; onError: (error: unknown) => void },
): AsyncGenerator<string, void> {
  const frames = (async function* encode() {
    for await (const { id, event } of events) {
      const { type, ...data } = event;
      yield `id: ${id}\n${frame(type, data)}`;
    }
  })();
  try {
    yield* withHeartbeat(frames, keepAliveMs, () => ': keep-alive\n\n');
  } catch (error) {
    onError(error);
    const { type, ...data } = errorEvent(error, requestId);
    yield frame(type, data);
  }
}

/** A failure as an event: what it is, and what the model had used until then. */
export function errorEvent(error: unknown, requestId: string): ErrorEvent {
  const usage = toRagError(error).usage ?? { promptTokens: 0, completionTokens: 0 };
  return { type: 'error', ...toErrorBody(error, requestId), usage };
}

function frame(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
