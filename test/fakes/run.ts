import { startRun, type Run } from '../../lib/rag/ask/run.ts';
import { createFakeTelemetry } from './telemetry.ts';

/** A run for one step alone, with a generous deadline and a caller that can leave. */
export function startFakeRun(): { run: Run; caller: AbortController } {
  const caller = new AbortController();
  const run = startRun(createFakeTelemetry(), caller.signal);
  return { run, caller };
}
