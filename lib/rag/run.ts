import { startDeadline } from '../async/deadline.ts';
import { reasonOf } from '../async/delay.ts';
import { within } from '../async/within.ts';
import { RagError, toRagError } from './errors.ts';
import type { Telemetry } from './ports.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import type { StepName } from './types.ts';

/** What one question carries with it: its time, its record of steps, and what it had to go without. */
export interface Run extends Disposable {
  /** Aborts when the caller left, the deadline passed or the run ended. */
  signal: AbortSignal;
  timeline: Timeline;
  degraded: Set<StepName>;
  /** Tracks a step the question cannot do without. */
  step<T>(name: StepName, work: () => Promise<T>): Promise<T>;
  /** Tracks a step with a budget of its own; if it fails or takes longer, the question goes on with `fallback`. */
  spare<T>(
    name: StepName,
    budgetMs: number,
    parent: AbortSignal,
    fallback: T,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** Stops everything that still runs. */
  end(): void;
  /** What a failure of this run is to the caller: the deadline's, the caller's own abort, or itself. */
  toError(error: unknown): Error;
}

/** Starts the one deadline of a question. `signal` is the caller's. */
export function startRun(
  telemetry: Telemetry,
  { signal, budgetMs }: { signal: AbortSignal; budgetMs: number },
): Run {
  const deadline = startDeadline(budgetMs, signal);
  const timeline = createTimeline();
  const degraded = new Set<StepName>();
  return {
    signal: deadline.signal,
    timeline,
    degraded,
    step: (name, work) => timeline.track(name, work),
    spare: async (name, spareMs, parent, fallback, work) => {
      try {
        return await timeline.track(name, () => within(spareMs, parent, work));
      } catch (error) {
        if (!parent.aborted) {
          degraded.add(name);
          telemetry.degraded(name, error);
        }
        return fallback;
      }
    },
    end: () => deadline.abort(new DOMException('The question has ended.', 'AbortError')),
    toError: (error) => {
      const usage = error instanceof RagError ? error.usage : undefined;
      if (deadline.expired()) {
        const message = 'The answer took too long. Ask again, or ask for less.';
        return new RagError('deadline', message, { cause: error, ...(usage && { usage }) });
      }
      return signal.aborted ? reasonOf(signal) : toRagError(error);
    },
    [Symbol.dispose]: () => deadline[Symbol.dispose](),
  };
}
