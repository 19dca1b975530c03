import { delay } from './delay.ts';

/** How often to call again, how long to wait in between, and for which failures. */
export interface RetryPolicy {
  /** Calls in all, the first included. */
  attempts: number;
  /** The wait before the second call is at most this; it doubles from there. */
  baseDelayMs: number;
  /** No wait is longer. A failure that asks for more is final. */
  maxDelayMs: number;
  isRetryable(error: unknown): boolean;
  /** How long the failing side asked to be left alone, if it did. */
  retryAfterMs(error: unknown): number | undefined;
}

/**
 * Calls until it succeeds, with exponential back-off and full jitter between the calls
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). Throws the last failure, or the signal's
 * reason when it aborts during a wait.
 */
export async function retry<T>(
  call: () => Promise<T>,
  policy: RetryPolicy,
  { signal, random = Math.random }: { signal: AbortSignal; random?: () => number },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      const asked = policy.retryAfterMs(error) ?? 0;
      const isFinal = attempt >= policy.attempts || !policy.isRetryable(error) || asked > policy.maxDelayMs;
      if (isFinal) throw error;
      const backOffMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1)) * random();
      await delay(Math.max(asked, backOffMs), { signal });
    }
  }
}
