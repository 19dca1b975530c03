/**
 * The items of `source`, with `beat()` in between whenever nothing came for `everyMs`. Ending the iteration early ends
 * the source, as soon as the item that it waits for has come or has failed.
 */
export async function* withHeartbeat<T>(
  source: AsyncIterable<T>,
  everyMs: number,
  beat: () => T,
): AsyncGenerator<T, void> {
  const iterator = source[Symbol.asyncIterator]();
  let pending: Promise<IteratorResult<T>> | undefined;
  try {
    for (;;) {
      pending ??= iterator.next();
      const result = await raceTimer(pending, everyMs);
      if (result === 'quiet') {
        yield beat();
        continue;
      }
      pending = undefined;
      if (result.done) return;
      yield result.value;
    }
  } finally {
    pending?.catch(() => {});
    await iterator.return?.();
  }
}

async function raceTimer<T>(promise: Promise<T>, ms: number): Promise<T | 'quiet'> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<'quiet'>((resolve) => {
    timer = setTimeout(() => resolve('quiet'), ms);
  });
  try {
    return await Promise.race([promise, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
