import { startDeadline } from './deadline.ts';
import { reasonOf } from './delay.ts';

/**
 * The result of `work`, or a `TimeoutError` once `ms` are over. Rejects as soon as its signal aborts, even if the work
 * takes no notice of it.
 */
export async function within<T>(
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using deadline = startDeadline(ms, parent);
  return await abortable(deadline.signal, work);
}

/** The result of `work`, or the signal's reason as soon as it aborts, even if the work takes no notice of it. */
export async function abortable<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(reasonOf(signal));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(signal), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
