import { startDeadline } from '../../async/deadline.ts';
import { reasonOf } from '../../async/delay.ts';
import { within } from '../../async/within.ts';
import { RagError, toRagError } from '../errors.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import type { StepName, Usage } from '../types.ts';

/** What one question carries with it: its time, its record of steps, and what it had to go without. */
export interface Run extends Disposable {
  /** Aborts when the caller left, the deadline passed or the run ended. */
  signal: AbortSignal;
  timeline: Timeline;
  degraded: Set<StepName>;
  /** What the model has used until now; estimated while it streams, its own figures at the end. */
  usage: Usage;
  /** Takes work to be done after the last byte. */
  later: (work: (signal: AbortSignal) => Promise<void>) => void;
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
  /** What a failure of this run is to the caller: the deadline's, the caller's own abort, or itself; with the usage. */
  toError(error: unknown): Error;
}

/** Starts the one deadline of a question. `signal` is the caller's; `later` takes work for after the last byte. */
export function startRun(
  telemetry: Telemetry,
  { signal, budgetMs, later }: Pick<Run, 'signal' | 'later'> & { budgetMs: number },
): Run {
  const deadline = startDeadline(budgetMs, signal);
  const timeline = createTimeline();
  const degraded = new Set<StepName>();
  const run: Run = {
    signal: deadline.signal,
    timeline,
    degraded,
    usage: { promptTokens: 0, completionTokens: 0 },
    later,
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
      if (deadline.expired()) {
        const message = 'The answer took too long. Ask again, or ask for less.';
        return withUsage(new RagError('deadline', message, { cause: error }), run.usage);
      }
      return signal.aborted ? reasonOf(signal) : withUsage(toRagError(error), run.usage);
    },
    [Symbol.dispose]: () => deadline[Symbol.dispose](),
  };
  return run;
}

function withUsage(error: RagError, usage: Usage): RagError {
  if (usage.promptTokens === 0) return error;
  const { code, message, details, retryAfterMs, cause = error } = error;
  return new RagError(code, message, {
    ...{ cause, usage, details },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
