/** How an event loop did since it was last looked at. */
export interface LoopFigures {
  /** The longest that a timer was late. On a busy machine most of it is waiting for a core. */
  worstDelayMs: number;
  /** The most processor time that this thread took between two looks: what of a delay is ours. */
  longestTurnMs: number;
}

const everyMs = 2;

/** Watches the loop of this thread from now on; the returned function tells, and begins anew. */
export function watchLoop(): () => LoopFigures {
  let figures: LoopFigures = { worstDelayMs: 0, longestTurnMs: 0 };
  let last = now();
  setInterval(() => {
    const next = now();
    figures.worstDelayMs = Math.max(figures.worstDelayMs, next.wallMs - last.wallMs - everyMs);
    figures.longestTurnMs = Math.max(figures.longestTurnMs, next.cpuMs - last.cpuMs);
    last = next;
  }, everyMs).unref();
  return () => {
    const told = figures;
    figures = { worstDelayMs: 0, longestTurnMs: 0 };
    return told;
  };
}

function now(): { wallMs: number; cpuMs: number } {
  const { user, system } = process.threadCpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1_000 };
}
