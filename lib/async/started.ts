/**
 * Waits for the first item of `source` or its failure, at most `maxWaitMs`, and gives the items back whole. What fails
 * before is thrown here, so that it can still be told by a status; later it is thrown by the iteration.
 */
export async function started<T>(
  source: AsyncGenerator<T, void>,
  maxWaitMs: number,
): Promise<AsyncGenerator<T, void>> {
  const first = source.next();
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, maxWaitMs);
  });
  try {
    await Promise.race([first, waited]);
  } finally {
    clearTimeout(timer);
  }
  first.catch(() => {});
  return (async function* resume() {
    try {
      const result = await first;
      if (result.done) return;
      yield result.value;
      yield* source;
    } finally {
      await source.return();
    }
  })();
}
