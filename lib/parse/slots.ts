import { RagError } from '../rag/errors.ts';

/** At most so many at once, the others in order of arrival. */
export interface Slots {
  /** Resolves with the function that gives the slot back. Throws the signal's reason, or RagError `deadline` if too many wait. */
  take(signal: AbortSignal): Promise<() => void>;
}

/** `atOnce` run, `waiting` may wait, what comes then is refused. */
export function createSlots({ atOnce, waiting }: { atOnce: number; waiting: number }): Slots {
  let free = atOnce;
  const queue = new Set<() => void>();

  function give(): void {
    const [next] = queue;
    if (next) {
      queue.delete(next);
      next();
    } else free += 1;
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else await turn(queue, waiting, signal);
      return once(give);
    },
  };
}

async function turn(queue: Set<() => void>, waiting: number, signal: AbortSignal): Promise<void> {
  if (queue.size >= waiting) {
    throw new RagError('deadline', 'Too many documents are waiting to be read. Try again later.');
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = (): void => {
    queue.delete(resolve);
    reject(signal.reason);
  };
  queue.add(resolve);
  signal.addEventListener('abort', leave, { once: true });
  await promise.finally(() => signal.removeEventListener('abort', leave));
}

function once(give: () => void): () => void {
  let given = false;
  return () => {
    if (!given) give();
    given = true;
  };
}
