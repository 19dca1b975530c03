import { ApiError } from '../api/error.ts';

/** What went wrong and what to do, in words for a person. */
export function problemOf(error: unknown): string {
  if (!(error instanceof ApiError))
    return 'The file could not be read. Is it still there, and may you read it?';
  switch (error.code) {
    case 'network':
      return 'The server could not be reached. Check your network and try again.';
    case 'rate_limited':
      return 'There were too many requests in a short time. Try again in a moment.';
    case 'unauthorized':
      return 'A valid key is needed. Try again and give one.';
    default:
      return error.retryable ? `${error.message} Try again in a moment.` : error.message;
  }
}

/** Whether the key may not do this at all, so that trying with other files is in vain. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'forbidden';
}
