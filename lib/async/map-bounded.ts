/**
 * Maps with at most `limit` calls at once, results in order. The first failure aborts the signal that the other calls
 * got, waits until they have ended, and is thrown.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  { limit, signal }: { limit: number; signal: AbortSignal },
  map: (item: T, index: number, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const results = Array.from<R>({ length: items.length });
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      both.throwIfAborted();
      results[index] = await map(items[index] as T, index, both);
    }
  };
  let cause: unknown;
  const lanes = Array.from({ length: Math.min(limit, items.length) }, () =>
    lane().catch((error: unknown) => {
      if (!failed.signal.aborted) {
        cause = error;
        failed.abort(error);
      }
    }),
  );
  await Promise.all(lanes);
  if (failed.signal.aborted) throw cause;
  return results;
}
