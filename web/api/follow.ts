import type { ErrorEvent } from '../../lib/rag/ports/answer-log.ts';
import type { AskEvent } from '../../lib/rag/types.ts';
import { ApiError, errorOfBody, networkError } from './error.ts';
import { readEvents } from './event-stream.ts';
import { pause } from './pause.ts';

/** How an answer is followed. */
export interface FollowOptions {
  signal: AbortSignal;
  /** Hears when the connection is lost, at each try to connect again, and when it is there again. */
  onConnection: (state: 'lost' | 'back') => void;
}

/** Where an answer's events come from. */
export interface EventSources {
  /** The stream that is open; without one, the answer's id. */
  first?: Response;
  id?: string;
  /** Opens the stream again, after the event of that number. */
  reopen: (id: string, after: number, signal: AbortSignal) => Promise<Response>;
}

/** How far an answer was read. */
interface Place {
  id: string | undefined;
  last: number;
}

/** Waits before each try to connect again, in milliseconds. When none is left, the connection is given up. */
export const waitsMs = [300, 1_000, 2_000, 4_000, 8_000, 8_000] as const;

/** Yields an answer's events to its `done`; a lost connection is opened again where it was. Throws ApiError. */
export async function* follow(
  { first, id, reopen }: EventSources,
  { signal, onConnection }: FollowOptions,
): AsyncGenerator<AskEvent, void> {
  const place: Place = { id, last: 0 };
  const open = () => reopen(place.id ?? '', place.last, signal).catch(onlyApiError);
  let response: Response | ApiError = first ?? (await open());
  for (let tries = 0; ;) {
    const { last } = place;
    const loss = response instanceof ApiError ? response : yield* readOn(response, place);
    if (loss === undefined) return;
    signal.throwIfAborted();
    if (place.last > last) tries = 0;
    const waitMs = waitsMs[tries++];
    // Before its first event, an answer has no id to ask for it by.
    if (waitMs === undefined || place.id === undefined || !isPassing(loss)) throw loss;
    onConnection('lost');
    await pause(waitMs, signal);
    response = await open();
    if (response instanceof Response) onConnection('back');
  }
}

/** Yields what a stream has. Returns nothing at the answer's end, else why the stream ended before. Throws its failure. */
async function* readOn(response: Response, place: Place): AsyncGenerator<AskEvent, ApiError | undefined> {
  const events = readEvents(response);
  try {
    for (;;) {
      const next = await events.next().catch(onlyApiError);
      if (next instanceof ApiError) return next;
      if (next.done) return networkError();
      const { id, event: type, data } = next.value;
      const event = { ...JSON.parse(data), type } as AskEvent | ErrorEvent;
      if (event.type === 'error') {
        const error = errorOfBody(event, { status: response.status });
        // Without an id it is about the reading, and the answer may be well.
        if (id === undefined) return error;
        throw error;
      }
      if (event.type === 'sources') place.id = event.id;
      place.last = Number(id ?? place.last);
      yield event;
      if (event.type === 'done') return undefined;
    }
  } finally {
    await events.return();
  }
}

/** Whether the stream may be there again in a moment. Of an answer that was cut, nobody makes the rest. */
function isPassing({ retryable, code }: ApiError): boolean {
  return retryable && code !== 'answer_cut';
}

function onlyApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}
