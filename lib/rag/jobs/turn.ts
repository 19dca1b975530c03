import { delay } from '../../async/delay.ts';
import { RagError } from '../errors.ts';
import type { CallOptions } from '../ports/call.ts';

/** How long a run of a job waits for the limit of its key, in all: the place that it has is one that others wait for. */
const patienceMs = 5_000;

/** What ends the work at once, and what lets nothing be begun any more. */
export interface WorkOptions extends CallOptions {
  closing: AbortSignal;
}

/** How many runs in a row may have asked and have nothing to show for it; then a failure that may pass is a result, too. */
const maxFruitless = 3;

/** The time that a run of a job has. It may close itself, so that what is left goes to another run. */
export interface Turn extends WorkOptions {
  /**
   * Leaves a question that was asked and failed by what may pass to another run. False where that has been done too often:
   * one that fails each time would take all that the limit of its key allows, for ever.
   */
  leave(): boolean;
  /**
   * Waits for the limit of the key or, where that is more than the turn has patience for, closes it. Throws the signal's
   * reason, and that of closing.
   */
  waitForLimit(ms: number): Promise<void>;
  /** When it is worth going on, where it was closed for the limit; milliseconds since 1970. */
  dueAtMs(): number | undefined;
  /** How many runs in a row came to nothing by now, if this one has brought so many results. */
  fruitless(results: number): number;
}

/** Starts a turn within the time that there is, after so many in a row that came to nothing. */
export function startTurn({ signal, closing }: WorkOptions, before: number): Turn {
  const over = new AbortController();
  const closed = AbortSignal.any([closing, over.signal]);
  const ended = AbortSignal.any([signal, closed]);
  let patientUntilMs: number | undefined;
  let dueAtMs: number | undefined;
  let hasLeft = false;
  return {
    ...{ signal, closing: closed },
    leave: () => {
      hasLeft = before < maxFruitless;
      return hasLeft;
    },
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
    fruitless: (results) => {
      if (results > 0) return 0;
      return hasLeft ? before + 1 : before;
    },
  };
}
