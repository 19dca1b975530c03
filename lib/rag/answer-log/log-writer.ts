import { within } from '../../async/within.ts';
import type {
  AnswerLog,
  AnswerLogKey,
  LoggedAnswer,
  NumberedEvent,
  StreamEvent,
} from '../ports/answer-log.ts';
import { isEnd } from './stream-events.ts';

/** So much text makes a part of its own, about: DynamoDB bills by the kilobyte, and small parts waste the rest of theirs. */
const partSize = 4_096;

/** How long events wait for more. After so long without any, the log is told that its maker lives. */
export const flushMs = 2_000;

/** What a write may take; then it is given up, and the next one holds what it held. */
const writeLimitMs = 2_000;

/** What may wait to be written; an answer whose log is further behind has none. An item takes about four times as much. */
const maxPendingSize = 100 * 1_024;

/** Writes the log of one answer beside its stream, which never waits for it. */
export interface LogWriter {
  take(numbered: NumberedEvent): void;
  /** Writes what is left, at once: what is still under way is given up. Throws RagError `storage_unavailable`. */
  end(signal: AbortSignal): Promise<void>;
}

/**
 * Begins a log and its writer. One write runs at a time, and what comes meanwhile or was not written goes with the next, so
 * that a log that is slow or fails gets fewer and bigger writes. A failure is told once and is no failure of the answer.
 */
export function startLogWriter(
  log: AnswerLog,
  key: AnswerLogKey,
  answer: LoggedAnswer,
  onError: (error: unknown) => void,
): LogWriter {
  const ended = new AbortController();
  let pending: StreamEvent[] = [];
  let first = 1;
  let size = 0;
  let writeAtSize = partSize;
  let isOpen = false;
  let isLost = false;
  let hasFailed = false;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const open = async (signal: AbortSignal) => {
    await log.open(key, answer, { signal });
    isOpen = true;
  };
  const append = async (signal: AbortSignal) => {
    const part = { first, events: Array.from(pending) };
    await log.append(key, part, { signal });
    first += part.events.length;
    pending = pending.slice(part.events.length);
    size = sizeOf(pending);
  };
  const write = (signal: AbortSignal) => {
    if (!isOpen) return open(signal);
    return pending.length > 0 ? append(signal) : log.beat(key, { signal });
  };
  const startWrite = () => {
    if (writing || isLost || ended.signal.aborted) return;
    clearTimeout(timer);
    writing = within(writeLimitMs, ended.signal, write)
      .then(() => {
        writeAtSize = partSize;
      })
      .catch((error: unknown) => {
        writeAtSize = size + partSize;
        if (!hasFailed && !ended.signal.aborted) onError(error);
        hasFailed = true;
      })
      .finally(() => {
        writing = undefined;
        if (!isLost && !ended.signal.aborted) timer = setTimeout(startWrite, flushMs);
      });
  };
  const lose = () => {
    isLost = true;
    pending = [];
    clearTimeout(timer);
  };

  startWrite();
  return {
    take: ({ event }) => {
      if (isLost) return;
      pending.push(event);
      size += sizeOf([event]);
      if (size > maxPendingSize) lose();
      // The end is written by `end`, unless the stream's reader takes its time.
      else if (size >= writeAtSize && !isEnd(event)) startWrite();
    },
    end: async (signal) => {
      clearTimeout(timer);
      ended.abort(new DOMException('The answer has ended.', 'AbortError'));
      await writing;
      if (isLost || pending.length === 0) return;
      if (!isOpen) await open(signal);
      await append(signal);
    },
  };
}

/** What the events' text takes, about. */
function sizeOf(events: readonly StreamEvent[]): number {
  return events.reduce(
    (sum, event) => sum + (event.type === 'delta' ? event.text.length + 3 : JSON.stringify(event).length),
    0,
  );
}
