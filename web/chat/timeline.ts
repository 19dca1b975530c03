import type { StepName, Timing } from '../../lib/rag/types.ts';

/** One step that ran. */
export interface Bar {
  step: StepName;
  startMs: number;
  endMs: number;
  isDegraded: boolean;
}

/** The steps of an answer as they truly ran, and what they would have taken one after another. */
export interface Timeline {
  /** By their start. */
  bars: readonly Bar[];
  totalMs: number;
  sumMs: number;
  /** Whether waiting for one step after another would have taken noticeably longer. */
  isFaster: boolean;
  /** What the whole width of the picture stands for. */
  scaleMs: number;
}

/** Makes the timeline of an answer's `timing`. */
export function toTimeline({ steps, totalMs }: Timing, degraded: readonly StepName[]): Timeline {
  const names = Object.keys(steps) as StepName[];
  const bars = names
    .flatMap((step) => {
      const [startMs, endMs] = steps[step] ?? [0, 0];
      return { step, startMs, endMs, isDegraded: degraded.includes(step) };
    })
    .toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const sumMs = bars.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const isFaster = sumMs > totalMs * 1.05;
  return {
    bars,
    totalMs,
    sumMs,
    isFaster,
    scaleMs: isFaster ? sumMs : totalMs,
  };
}

/** Where a bar lies in a picture of so many milliseconds, in shares of 1. */
export function placeOf(
  { startMs, endMs }: Pick<Bar, 'startMs' | 'endMs'>,
  scaleMs: number,
): { from: number; width: number } {
  const share = (ms: number) => (scaleMs > 0 ? Math.min(1, Math.max(0, ms / scaleMs)) : 0);
  return { from: share(startMs), width: share(endMs) - share(startMs) };
}

/** A duration for a person: milliseconds below a tenth of a second, else seconds. */
export function inSeconds(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 99.5) return `${Math.round(ms)} ms`;
  return ms < 9_950 ? `${(ms / 1_000).toFixed(2)} s` : `${(ms / 1_000).toFixed(1)} s`;
}
