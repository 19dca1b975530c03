/**
 * The items of `source`. A reader who leaves before the end has `leave` called at once, before the source is ended: a
 * generator hears of its end only when what it awaits has come, so `leave` is to abort that.
 */
export async function* leavable<T>(source: AsyncIterable<T>, leave: () => void): AsyncGenerator<T, void> {
  const iterator = source[Symbol.asyncIterator]();
  let isRead = false;
  try {
    for (;;) {
      const result = await iterator.next();
      isRead = result.done ?? false;
      if (result.done) return;
      yield result.value;
    }
  } finally {
    if (!isRead) {
      leave();
      await iterator.return?.();
    }
  }
}
