import { withHeartbeat } from '../async/heartbeat.ts';
import { toRagError } from '../rag/errors.ts';
import type { AskEvent } from '../rag/types.ts';
import { toErrorBody } from './errors.ts';

/** Idle connections are cut by proxies; a comment line keeps them open. */
const keepAliveMs = 15_000;

/**
 * Answer events as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), each with an id
 * that counts from 1. Never throws: whatever fails becomes an `error` event, and the stream ends.
 */
export async function* encodeSse(
  events: AsyncIterable<AskEvent>,
  { requestId, onError }: { requestId: string; onError: (error: unknown) => void },
): AsyncGenerator<string, void> {
  let id = 0;
  const frame = (name: string, data: unknown) => {
    id += 1;
    return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  };
  const frames = (async function* encode() {
    for await (const { type, ...data } of events) yield frame(type, data);
  })();
  try {
    yield* withHeartbeat(frames, keepAliveMs, () => ': keep-alive\n\n');
  } catch (error) {
    onError(error);
    const usage = toRagError(error).usage ?? { promptTokens: 0, completionTokens: 0 };
    yield frame('error', { ...toErrorBody(error, requestId), usage });
  }
}
