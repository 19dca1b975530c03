import { mapBounded } from './map-bounded.ts';

/**
 * What `map` makes of the items, in the order in which it is done, with at most `limit` calls at once. They go on while
 * nobody takes results. Ending the iteration early aborts the signal that the calls got and waits until they have ended,
 * and so does the first failure, which is thrown.
 */
export async function* asCompleted<T, R>(
  items: readonly T[],
  { limit, signal }: { limit: number; signal: AbortSignal },
  map: (item: T, index: number, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<R, void> {
  const left = new AbortController();
  const ready: R[] = [];
  let news = Promise.withResolvers<boolean>();
  const tell = (isOver: boolean) => {
    news.resolve(isOver);
    if (!isOver) news = Promise.withResolvers();
  };
  const all = mapBounded(
    items,
    { limit, signal: AbortSignal.any([signal, left.signal]) },
    async (item, index, both) => {
      ready.push(await map(item, index, both));
      tell(false);
    },
  ).finally(() => tell(true));
  all.catch(() => {});
  try {
    for (let isOver = false; !isOver;) {
      const later = news.promise;
      yield* ready.splice(0);
      isOver = await later;
    }
    yield* ready.splice(0);
    await all;
  } finally {
    left.abort(new DOMException('Nobody takes the results any more.', 'AbortError'));
    await all.catch(() => {});
  }
}
