import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

/** What a timer may be late by, in milliseconds; the rest of a wait goes turn by turn of the event loop. */
const timerSlackMs = 1.5;

/** Resolves `ms` from `startMs` (by `performance.now()`), and hardly later: a bare timer is late by up to 1 ms and more. */
export async function exactDelay(ms: number, startMs = performance.now()): Promise<void> {
  const endMs = startMs + ms;
  const timerMs = Math.floor(endMs - performance.now() - timerSlackMs);
  if (timerMs > 0) await wait(timerMs);
  while (performance.now() < endMs) await nextTurn();
}
