import { reasonOf } from './delay.ts';

/** A span of time with a signal that aborts when it is over. Dispose it, or its timer lives on. */
export interface Deadline extends Disposable {
  signal: AbortSignal;
  /** Whether the time ran out, rather than the parent having aborted. */
  expired(): boolean;
  /** Ends the work now. */
  abort(reason: Error): void;
}

/** Starts a deadline of `ms`; `parent` aborting aborts it too. Its own reason is a `TimeoutError`. */
export function startDeadline(ms: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = !controller.signal.aborted;
    controller.abort(new DOMException(`Not done within ${ms} ms.`, 'TimeoutError'));
  }, ms);
  const follow = () => controller.abort(parent && reasonOf(parent));
  if (parent?.aborted) follow();
  else parent?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    expired: () => expired,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      parent?.removeEventListener('abort', follow);
    },
  };
}
