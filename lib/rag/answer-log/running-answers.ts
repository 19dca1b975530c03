import { randomBytes } from 'node:crypto';
import { delay } from '../../async/delay.ts';
import { within } from '../../async/within.ts';
import type { AnswerLog, AnswerLogKey, LoggedAnswer } from '../ports/answer-log.ts';

/** How often a process that makes answers asks for stops that others were told; half of what a stop may take. */
const pollMs = 1_000;

/** What one asking may take. */
const pollLimitMs = 2_000;

/** The answers that this process makes, and what is needed to stop them from anywhere. */
export interface RunningAnswers {
  /** The name that stops for them are sent to. */
  readonly maker: string;
  /** Adds an answer. What it returns takes it out again, and resolves when nothing runs for it any more. */
  add(key: AnswerLogKey, collection: string, stop: () => void): () => Promise<void>;
  find(key: AnswerLogKey): LoggedAnswer | undefined;
  /** False if this process does not make it. */
  stop(key: AnswerLogKey): boolean;
}

/** Creates what a process has of this. It asks for stops with one read a second, and only while answers run. */
export function createRunningAnswers(log: AnswerLog, onError: (error: unknown) => void): RunningAnswers {
  const maker = randomBytes(8).toString('hex');
  const running = new Map<string, { answer: LoggedAnswer; stop: () => void }>();
  let watching: { idle: AbortController; ended: Promise<void> } | undefined;

  const stop = (key: AnswerLogKey) => {
    const found = running.get(nameOf(key));
    found?.stop();
    return found !== undefined;
  };
  const watch = async (signal: AbortSignal) => {
    let isFailing = false;
    while (!signal.aborted) {
      try {
        await delay(pollMs, { signal });
        for (const key of await within(pollLimitMs, signal, (signal) => log.stopsOf(maker, { signal })))
          stop(key);
        isFailing = false;
      } catch (error) {
        if (!isFailing && !signal.aborted) onError(error);
        isFailing = true;
      }
    }
  };

  return {
    maker,
    add: (key, collection, stop) => {
      const name = nameOf(key);
      running.set(name, { answer: { collection, maker }, stop });
      if (!watching) {
        const idle = new AbortController();
        watching = { idle, ended: watch(idle.signal) };
      }
      return async () => {
        running.delete(name);
        if (running.size > 0 || !watching) return;
        const { idle, ended } = watching;
        watching = undefined;
        idle.abort(new DOMException('No answer runs any more.', 'AbortError'));
        await ended;
      };
    },
    find: (key) => running.get(nameOf(key))?.answer,
    stop,
  };
}

function nameOf({ tenant, id }: AnswerLogKey): string {
  return `${tenant} ${id}`;
}
