/** Work on files, a few at once, in the order in which they came. */
export interface UploadQueue {
  /** How many wait or run. */
  open: () => number;
  /** Adds work on a document; work on it that waits or runs is given up. The work itself says how it ended, and never rejects. */
  add: (id: string, work: (signal: AbortSignal) => Promise<void>) => void;
  /** Gives up the work on a document, whether it waits or runs. */
  cancel: (id: string) => void;
  /** Gives up everything. */
  clear: () => void;
}

/** Creates a queue of which `atOnce` run together. */
export function createUploadQueue(atOnce: number): UploadQueue {
  const waiting = new Map<string, (signal: AbortSignal) => Promise<void>>();
  const running = new Map<string, AbortController>();
  const next = () => {
    for (const [id, work] of waiting) {
      if (running.size >= atOnce) return;
      // Two uploads of one document at once could end in either order.
      if (running.has(id)) continue;
      waiting.delete(id);
      const controller = new AbortController();
      running.set(id, controller);
      const ended = () => {
        running.delete(id);
        next();
      };
      work(controller.signal).then(ended, ended);
    }
  };
  const cancel = (id: string) => {
    waiting.delete(id);
    running.get(id)?.abort(new DOMException('It was cancelled.', 'AbortError'));
  };
  return {
    open: () => waiting.size + running.size,
    add: (id, work) => {
      cancel(id);
      waiting.set(id, work);
      next();
    },
    cancel,
    clear: () => {
      waiting.clear();
      for (const id of running.keys()) cancel(id);
    },
  };
}
