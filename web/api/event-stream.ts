import { networkError } from './error.ts';
import { createEventParser, type ServerEvent } from './event-parser.ts';

/** The server sends a comment every 15 seconds; who is silent for longer than two of them is gone. */
const silentForMs = 40_000;

/** The events of a response, until its body ends. Throws ApiError `network` where the connection breaks or falls silent. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent, void> {
  if (!response.body) throw networkError();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = createEventParser();
  try {
    for (;;) {
      const { done, value } = await unlessSilent(reader.read());
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // A body that broke has nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

async function unlessSilent<Value>(read: Promise<Value>): Promise<Value> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(networkError()), silentForMs);
  try {
    return await Promise.race([read, silence.promise]);
  } catch (error) {
    throw networkError(error);
  } finally {
    clearTimeout(timer);
  }
}
