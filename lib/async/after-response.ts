import { startDeadline } from './deadline.ts';

/** Work that waits until the caller has everything: cache writes, usage, metrics. One for each request. */
export interface AfterResponse {
  /** Adds work; it starts at `settle`. */
  add(work: (signal: AbortSignal) => Promise<void>): void;
  /** Adds a promise that already runs and must have ended before the handler returns. Its failure is of no interest. */
  track(promise: Promise<unknown>): void;
  /** Runs what was added, all at once, for at most `timeoutMs`. Never rejects; failures go to `onError`. */
  settle(timeoutMs: number): Promise<void>;
}

/** Nothing that is added is lost, nothing outlives the handler, and no failure leaves as an unhandled rejection. */
export function createAfterResponse(onError: (error: unknown) => void): AfterResponse {
  const work: ((signal: AbortSignal) => Promise<void>)[] = [];
  const running: Promise<unknown>[] = [];
  return {
    add: (task) => {
      work.push(task);
    },
    track: (promise) => {
      running.push(promise.catch(() => {}));
    },
    settle: async (timeoutMs) => {
      using deadline = startDeadline(timeoutMs);
      const over = new Promise<void>((resolve) => {
        deadline.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const tasks = work.splice(0).map(async (task) => task(deadline.signal));
      const all = Promise.all([...tasks.map((task) => task.catch(onError)), ...running.splice(0)]);
      await Promise.race([all, over]);
      if (deadline.expired()) onError(deadline.signal.reason);
    },
  };
}

/** Work for after a response that is not decided yet: it runs with the one that it is handed over to. */
export interface CollectedWork extends Pick<AfterResponse, 'add' | 'track'> {
  /** What comes later goes to the same; handing over again changes nothing. */
  handOver(to: AfterResponse): void;
}

/** Collects work; no promise's failure leaves as an unhandled rejection. */
export function collectWork(): CollectedWork {
  let target: AfterResponse | undefined;
  const work: Parameters<AfterResponse['add']>[0][] = [];
  const running: Promise<unknown>[] = [];
  return {
    add: (task) => {
      if (target) target.add(task);
      else work.push(task);
    },
    track: (promise) => {
      promise.catch(() => {});
      if (target) target.track(promise);
      else running.push(promise);
    },
    handOver: (to) => {
      target ??= to;
      for (const task of work.splice(0)) target.add(task);
      for (const promise of running.splice(0)) target.track(promise);
    },
  };
}
