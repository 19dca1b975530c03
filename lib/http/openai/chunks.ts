import { withHeartbeat } from '../../async/heartbeat.ts';
import { keepAliveMs } from '../sse.ts';
import { head, toUsage } from './completion.ts';
import { toOpenAiError } from './errors.ts';
import type { Part } from './parts.ts';

/** How a stream of chunks is told, and to whom its failure. */
export interface ChunkOptions {
  model: string;
  /** Whether a last chunk tells what was used. */
  includesUsage: boolean;
  requestId: string;
  onError: (error: unknown) => void;
}

/**
 * A completion as OpenAI's stream of chunks, ended by `[DONE]`. Never throws: whatever fails becomes an `error` that
 * OpenAI's clients throw, and the stream ends without `[DONE]`.
 */
export async function* encodeChunks(
  parts: AsyncIterable<Part>,
  options: ChunkOptions,
): AsyncGenerator<string, void> {
  try {
    yield* withHeartbeat(frames(parts, options), keepAliveMs, () => ': keep-alive\n\n');
    yield 'data: [DONE]\n\n';
  } catch (error) {
    options.onError(error);
    yield frame(toOpenAiError(error, options.requestId));
  }
}

async function* frames(
  parts: AsyncIterable<Part>,
  { model, includesUsage }: ChunkOptions,
): AsyncGenerator<string, void> {
  const usage = includesUsage ? { usage: null } : {};
  let start: Record<string, unknown> = {};
  for await (const part of parts) {
    if (part.type === 'begin') {
      start = head(part.id, 'chat.completion.chunk', model);
      const delta = { role: 'assistant', content: '', refusal: null };
      yield frame({ ...start, ...choice(delta), ...usage, sources: part.sources });
    } else if (part.type === 'text') {
      yield frame({ ...start, ...choice({ content: part.text }), ...usage });
    } else {
      const { annotations, finishReason } = part;
      // All at once: clients that put a message together take the last list they see.
      const delta = annotations.length > 0 ? { annotations } : {};
      yield frame({ ...start, ...choice(delta, finishReason), ...usage });
      if (includesUsage) yield frame({ ...start, choices: [], usage: toUsage(part.usage) });
    }
  }
}

function choice(delta: object, finishReason: string | null = null) {
  return { choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] };
}

function frame(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
