import { delay } from '../../async/delay.ts';
import { RagError } from '../errors.ts';
import type { CallOptions } from '../ports/call.ts';

/** How long a run of a job waits for the limit of its key, in all: the place that it has is one that others wait for. */
const patienceMs = 5_000;

/** What ends the work at once, and what lets nothing be begun any more. */
export interface WorkOptions extends CallOptions {
  closing: AbortSignal;
}

/** The time that a run of a job has. It may close itself, so that what is left goes to another run. */
export interface Turn extends WorkOptions {
  /**
   * Waits for the limit of the key or, where that is more than the turn has patience for, closes it. Throws the signal's
   * reason, and that of closing.
   */
  waitForLimit(ms: number): Promise<void>;
  /** When it is worth going on, where it was closed for the limit; milliseconds since 1970. */
  dueAtMs(): number | undefined;
}

/** Starts a turn within the time that there is. */
export function startTurn({ signal, closing }: WorkOptions): Turn {
  const over = new AbortController();
  const closed = AbortSignal.any([closing, over.signal]);
  const ended = AbortSignal.any([signal, closed]);
  let patientUntilMs: number | undefined;
  let dueAtMs: number | undefined;
  return {
    ...{ signal, closing: closed },
    waitForLimit: async (ms) => {
      const nowMs = Date.now();
      patientUntilMs ??= nowMs + patienceMs;
      if (nowMs + ms > patientUntilMs) {
        dueAtMs = Math.max(dueAtMs ?? 0, nowMs + ms);
        over.abort(new RagError('rate_limited', 'The limit of the key asks for more patience.'));
      }
      await delay(ms, { signal: ended });
    },
    dueAtMs: () => dueAtMs,
  };
}
