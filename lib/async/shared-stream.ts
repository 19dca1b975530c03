import { reasonOf } from './delay.ts';

/** Reads a shared stream from its first event on, at its own pace. */
export interface SharedReader<T, Source = AsyncGenerator<T, void>> extends AsyncIterableIterator<
  T,
  void,
  void
> {
  /** Whether the stream was started for this reader. */
  readonly isFirst: boolean;
  /** What `start` made. */
  readonly source: Source;
  /** Leaves. If nobody else reads, the source is ended, and its clean-up is waited for and may throw. */
  return(): Promise<IteratorResult<T, void>>;
}

/** Streams that several read at once, by their keys. */
export interface SharedStreams<T, Source extends AsyncGenerator<T, void>> {
  /**
   * Reads the stream that runs under the key, or else the one that `start` makes. The reader leaves when its own `signal`
   * aborts, and throws that signal's reason; the signal that `start` gets aborts when the last reader has left before the
   * end. Throws the reason if `signal` has aborted already.
   */
  join(
    key: string,
    options: { signal: AbortSignal },
    start: (signal: AbortSignal) => Source,
  ): SharedReader<T, Source>;
}

/**
 * Shares the streams of one process. An event is pulled when the first reader wants it and stays for those who are slower
 * or join later: all of them get every event and then the end or the failure, at which the key is free again. It is free
 * too from the event after the `maxEvents`th on; from there on only what some reader has not read yet is kept.
 */
export function createSharedStreams<T, Source extends AsyncGenerator<T, void> = AsyncGenerator<T, void>>({
  maxEvents,
}: {
  maxEvents: number;
}): SharedStreams<T, Source> {
  const running = new Map<string, { stream: Stream<T, Source>; first: Place<T> }>();
  return {
    join: (key, { signal }, start) => {
      signal.throwIfAborted();
      const joined = running.get(key);
      if (joined) return read(joined.stream, joined.first, { signal, isFirst: false });
      const free = () => {
        if (running.get(key)?.stream === stream) running.delete(key);
      };
      const stream = createStream<T, Source>(start, maxEvents, free);
      const own = { stream, first: {} };
      running.set(key, own);
      return read(stream, own.first, { signal, isFirst: true });
    },
  };
}

/**
 * A place in a stream: its event, once somebody wants it, and the place after it. Readers hold the place where they are, and
 * nothing holds what is behind the last of them when the key is free.
 */
interface Place<T> {
  event?: Promise<IteratorResult<T, void>>;
  after?: Place<T>;
}

interface Stream<T, Source> {
  source: Source;
  enter(): void;
  leave(): void;
  at(place: Place<T>): Promise<IteratorResult<T, void>>;
  /** Resolves when a source that was ended early has cleaned up, at once for any other. */
  closed(): Promise<unknown>;
}

function createStream<T, Source extends AsyncGenerator<T, void>>(
  start: (signal: AbortSignal) => Source,
  maxEvents: number,
  free: () => void,
): Stream<T, Source> {
  const unread = new AbortController();
  const source = start(unread.signal);
  let readers = 0;
  let pulled = 0;
  let isOver = false;
  let closing: Promise<unknown> = Promise.resolve();
  const pull = async () => {
    pulled += 1;
    if (pulled > maxEvents) free();
    let result: IteratorResult<T, void> | undefined;
    try {
      result = await source.next();
      return result;
    } finally {
      isOver ||= result?.done ?? true;
      if (isOver) free();
    }
  };
  return {
    source,
    enter: () => {
      readers += 1;
    },
    leave: () => {
      readers -= 1;
      if (readers > 0 || isOver) return;
      free();
      unread.abort(new DOMException('Nobody reads the stream any more.', 'AbortError'));
      closing = source.return();
      // A reader that left by its signal does not wait to hear of it.
      closing.catch(() => {});
    },
    at: (place) => (place.event ??= pull()),
    closed: () => closing,
  };
}

const end = { done: true, value: undefined } as const;

function read<T, Source>(
  stream: Stream<T, Source>,
  first: Place<T>,
  { signal, isFirst }: { signal: AbortSignal; isFirst: boolean },
): SharedReader<T, Source> {
  let place = first;
  const waiting = new Set<PromiseWithResolvers<IteratorResult<T, void>>>();
  let left: (() => Promise<IteratorResult<T, void>>) | undefined;
  const leave = (failure?: Error) => {
    if (left) return;
    left = async () => {
      if (failure) throw failure;
      return end;
    };
    signal.removeEventListener('abort', onAbort);
    for (const pending of waiting) pending.resolve(left());
    waiting.clear();
    stream.leave();
  };
  const onAbort = () => leave(reasonOf(signal));
  const settle = (pending: PromiseWithResolvers<IteratorResult<T, void>>, isEnd: boolean) => {
    waiting.delete(pending);
    if (isEnd) leave();
  };

  stream.enter();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    isFirst,
    source: stream.source,
    next: () => {
      if (left) return left();
      const pending = Promise.withResolvers<IteratorResult<T, void>>();
      waiting.add(pending);
      const event = stream.at(place);
      place = place.after ??= {};
      event.then(
        (result) => {
          settle(pending, result.done ?? false);
          pending.resolve(result);
        },
        (error: unknown) => {
          settle(pending, true);
          pending.reject(error);
        },
      );
      return pending.promise;
    },
    return: async () => {
      leave();
      await stream.closed();
      return end;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
