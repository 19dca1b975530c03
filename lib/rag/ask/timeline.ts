import type { StepName, Timing } from '../types.ts';

/** Records when each step of one question ran, so that anyone can see max against sum. */
export interface Timeline {
  /** Runs a step and records its start and end, whether it succeeds or not. A step that runs twice spans both. */
  track<T>(step: StepName, work: () => Promise<T>): Promise<T>;
  /** Records a step that began at `startMs` and ends now. */
  span(step: StepName, startMs: number): void;
  firstToken(): void;
  /** Milliseconds since the question began. */
  elapsedMs(): number;
  timing(): Timing;
}

/** A timeline that starts now. `now` is a clock in milliseconds. */
export function createTimeline(now: () => number = () => performance.now()): Timeline {
  const startedAt = now();
  const steps: Timing['steps'] = {};
  let firstTokenMs: number | undefined;
  const elapsedMs = () => Math.round((now() - startedAt) * 10) / 10;
  return {
    track: async (step, work) => {
      const startMs = steps[step]?.[0] ?? elapsedMs();
      // A step that never ends is still seen: it spans nothing yet.
      steps[step] = [startMs, startMs];
      try {
        return await work();
      } finally {
        steps[step] = [startMs, elapsedMs()];
      }
    },
    span: (step, startMs) => {
      steps[step] = [startMs, elapsedMs()];
    },
    firstToken: () => {
      firstTokenMs ??= elapsedMs();
    },
    elapsedMs,
    timing: () => {
      const totalMs = elapsedMs();
      return { steps: { ...steps }, firstTokenMs: firstTokenMs ?? totalMs, totalMs };
    },
  };
}
