import { startDeadline } from './deadline.ts';
import { abortable } from './within.ts';

/** Does a work as soon as a lane is free, in the order of arrival. Whoever stops waiting never begins. */
export type Lanes = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Creates so many lanes, which many callers share. Who waits is bounded by who calls. */
export function createLanes(count: number): Lanes {
  let free = count;
  const waiting = new Set<() => void>();
  const enter = async (signal: AbortSignal) => {
    if (free > 0) {
      free -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    try {
      await abortable(signal, () => promise);
    } catch (error) {
      // A lane that was handed over in the very moment goes to the next one.
      if (!waiting.delete(resolve)) leave();
      throw error;
    }
  };
  const leave = () => {
    const [next] = waiting;
    if (next) {
      waiting.delete(next);
      next();
    } else free += 1;
  };
  return async (signal, work) => {
    signal.throwIfAborted();
    await enter(signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}

/**
 * Takes a lane and returns what leaves it; undefined when none gets free within `waitMs`. Throws the signal's reason as soon
 * as it aborts while waiting.
 */
export async function takeLane(
  lanes: Lanes,
  waitMs: number,
  signal: AbortSignal,
): Promise<(() => void) | undefined> {
  using deadline = startDeadline(waitMs, signal);
  const entered = Promise.withResolvers<() => void>();
  const left = Promise.withResolvers<void>();
  const lane = lanes(deadline.signal, () => {
    entered.resolve(left.resolve);
    return left.promise;
  });
  lane.catch(entered.reject);
  try {
    return await entered.promise;
  } catch (error) {
    if (!deadline.expired()) throw error;
    return undefined;
  }
}
