import OpenAI, { APIConnectionError } from 'openai';
import { retry, type RetryPolicy } from '../async/retry.ts';
import { RagError } from '../rag/errors.ts';
import { modelFetch } from './fetch.ts';
import { toModelError } from './errors.ts';

/** Where the API is and what opens it. */
export interface OpenAiOptions {
  /** Where the API is, with its version path: `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Called before every request, so that a rotated key is picked up. */
  apiKey: () => Promise<string>;
}

/**
 * A client whose retries and deadlines are ours: its own multiply each other and cannot be waited on abortably. It logs
 * nothing, whatever its own variables say: what it would log are documents' texts.
 */
export function createOpenAi({ baseUrl, apiKey }: OpenAiOptions): OpenAI {
  return new OpenAI({
    ...{ baseURL: baseUrl, apiKey, fetch: modelFetch },
    ...{ maxRetries: 0, timeout: 15 * 60_000, logLevel: 'off' },
  });
}

const patient: RetryPolicy = {
  attempts: 3,
  baseDelayMs: 250,
  maxDelayMs: 5_000,
  isRetryable: (error) => error instanceof RagError && error.retryable,
  retryAfterMs: (error) => (error instanceof RagError ? error.retryAfterMs : undefined),
};

/**
 * For one of several servers, where another is sooner there than a wait is over. Only a connection that broke is tried again:
 * one that was kept, but closed upstream, says nothing of the server.
 */
export const brisk: RetryPolicy = {
  ...patient,
  attempts: 2,
  baseDelayMs: 0,
  isRetryable: (error) => error instanceof RagError && error.cause instanceof APIConnectionError,
};

/** Makes a call up to three times, or as the policy says. Throws RagError `model_*`, or the signal's reason when it aborts. */
export async function callModel<T>(
  signal: AbortSignal,
  call: () => Promise<T>,
  policy: RetryPolicy = patient,
): Promise<T> {
  const mapped = async () => {
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      throw toModelError(error);
    }
  };
  return retry(mapped, policy, { signal });
}
