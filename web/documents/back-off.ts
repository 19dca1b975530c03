/** Waits between two looks. */
export interface BackOff {
  /** The next wait in milliseconds: short after news, longer with every look that brought none. */
  next(hasNews: boolean): number;
}

const firstMs = 800;
const longestMs = 10_000;
const factor = 1.5;

/** Creates the waits of one who looks again and again. */
export function createBackOff(): BackOff {
  let waitMs = firstMs;
  return {
    next: (hasNews) => {
      waitMs = hasNews ? firstMs : Math.min(longestMs, waitMs * factor);
      return waitMs;
    },
  };
}
