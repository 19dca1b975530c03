import { RagError } from '../errors.ts';
import type { FailureReason } from '../types.ts';

/** The reason to show for a failure that is final; undefined for one that another delivery may heal. */
export function finalReason(
  error: unknown,
  { attempt, tries, signal }: { attempt: number; tries: number; signal: AbortSignal },
): (FailureReason & { retryable: boolean }) | undefined {
  const isOurs = error instanceof RagError;
  if (isOurs && !error.retryable && error.status < 500) {
    return { code: error.code, message: error.message, retryable: false };
  }
  if (attempt < tries) return undefined;
  if (signal.aborted) {
    const message = 'Reading the document took longer than it may. Split it and put the parts.';
    return { code: 'deadline', message, retryable: true };
  }
  const message = isOurs ? error.message : 'Something went wrong on our side.';
  return { code: isOurs ? error.code : 'internal', message, retryable: true };
}
