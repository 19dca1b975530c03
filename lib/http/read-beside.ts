import type { CallOptions } from '../rag/ports/call.ts';

/**
 * What `read` brings once `permit` has resolved. Both begin at once; whatever becomes of the reading, a caller who may not
 * see it hears of nothing but that, and then it is ended.
 */
export async function readBeside<T>(
  { signal }: CallOptions,
  permit: (options: CallOptions) => Promise<void>,
  read: (options: CallOptions) => Promise<T>,
): Promise<T> {
  const refused = new AbortController();
  const permitting = permit({ signal });
  const reading = read({ signal: AbortSignal.any([signal, refused.signal]) });
  reading.catch(() => {});
  try {
    await permitting;
  } catch (error) {
    refused.abort(error);
    throw error;
  }
  return reading;
}
