import { collectWork, type CollectedWork } from '../../async/after-response.ts';
import { reasonOf } from '../../async/delay.ts';
import { within } from '../../async/within.ts';
import { addUsage, noUsage } from '../answer/usage.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { StepName, Usage } from '../types.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** What the making of one answer carries with it: its record of steps, what it had to go without, and what it leaves to do. */
export interface Run {
  /** Aborts when nobody wants the answer any more, or the run ended. */
  signal: AbortSignal;
  timeline: Timeline;
  degraded: Set<StepName>;
  /** What all calls of the model have used until now; estimated while one streams, its own figures at the end. */
  readonly usage: Usage;
  /** Work to be done after the last byte, and promises that must have ended by then. */
  work: CollectedWork;
  /** Adds a call that the model has accepted, by what it has used until now. */
  book(call: () => Usage): void;
  /** Tracks a step the answer cannot do without. */
  step<T>(name: StepName, work: () => Promise<T>): Promise<T>;
  /** Tracks a step with a budget of its own; if it fails or takes longer, the answer goes on with `fallback`. */
  spare<T>(
    name: StepName,
    budgetMs: number,
    parent: AbortSignal,
    fallback: T,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** Stops everything that still runs. */
  end(): void;
}

/** Steps that are part of another to whom it matters what an answer had to go without. */
const partOf: Partial<Record<StepName, StepName>> = { similar: 'cache', wait: 'cache' };

/** Starts a run that lasts until `parent` aborts or it is ended. */
export function startRun(telemetry: Telemetry, parent: AbortSignal): Run {
  const ended = new AbortController();
  if (parent.aborted) ended.abort(reasonOf(parent));
  else parent.addEventListener('abort', () => ended.abort(reasonOf(parent)), { once: true });
  const timeline = createTimeline();
  const degraded = new Set<StepName>();
  const calls: (() => Usage)[] = [];
  return {
    signal: ended.signal,
    timeline,
    degraded,
    get usage() {
      return calls.reduce((sum, used) => addUsage(sum, used()), noUsage);
    },
    book: (call) => void calls.push(call),
    work: collectWork(),
    step: (name, work) => timeline.track(name, work),
    spare: async (name, spareMs, parent, fallback, work) => {
      try {
        return await timeline.track(name, () => within(spareMs, parent, work));
      } catch (error) {
        if (!parent.aborted) {
          degraded.add(partOf[name] ?? name);
          telemetry.degraded(name, error);
        }
        return fallback;
      }
    },
    end: () => ended.abort(new DOMException('The answer has ended.', 'AbortError')),
  };
}
