import { ApiError } from '../api/error.ts';
import { pause } from '../api/pause.ts';
import type { DocumentsApi, SendOptions } from './ports.ts';
import { routeOf } from './upload-plan.ts';
import type { DocumentView } from './types.ts';

/** How often a file is sent where that may succeed later, and the waits between, in milliseconds. */
const tries = 3;
const waitMs = 2_000;
const longestWaitMs = 60_000;

/**
 * Sends a file the way that its size asks for. Its record, or undefined where that will hear of it later. Throws ApiError,
 * and the signal's reason when that is aborted.
 */
export async function upload(
  api: DocumentsApi,
  { id, file }: { id: string; file: File },
  options: SendOptions,
): Promise<DocumentView | undefined> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      if (routeOf(file.size) === 'put') return await api.put(id, file, options);
      await api.sendForm(id, file, options);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.retryable || left === 0) throw error;
      await pause(Math.min(longestWaitMs, Math.max(waitMs, error.retryAfterMs ?? 0)), options.signal);
    }
  }
}
