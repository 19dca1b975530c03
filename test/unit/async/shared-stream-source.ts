/** A source that gives what a test tells it to, and shows what became of it. */
export interface FedSource<T> {
  /** For `join`: makes the source, as often as it is called. */
  start: (signal: AbortSignal) => AsyncGenerator<T, void>;
  started: number;
  /** Events that were asked for, the end included. */
  pulled: number;
  /** Whether its clean-up ran. */
  ended: boolean;
  /** The one it was started with last. */
  signal: AbortSignal;
  push: (value: T) => void;
  end: () => void;
  fail: (error: Error) => void;
}

type Step<T> = { value: T } | 'end' | { error: Error };

/** Creates a source without any events yet. Aborting its signal ends its wait for one. */
export function feed<T>(): FedSource<T> {
  const steps: PromiseWithResolvers<Step<T>>[] = [];
  const stepAt = (index: number) => (steps[index] ??= Promise.withResolvers());
  let fed = 0;
  const add = (step: Step<T>) => stepAt(fed++).resolve(step);
  async function* run(signal: AbortSignal): AsyncGenerator<T, void> {
    try {
      for (let index = 0; ; index += 1) {
        source.pulled += 1;
        const step = await Promise.race([stepAt(index).promise, aborted(signal)]);
        if (step === 'end') return;
        if ('error' in step) throw step.error;
        yield step.value;
      }
    } finally {
      source.ended = true;
    }
  }
  const source: FedSource<T> = {
    start: (signal) => {
      source.started += 1;
      source.signal = signal;
      return run(signal);
    },
    started: 0,
    pulled: 0,
    ended: false,
    signal: AbortSignal.abort(),
    push: (value) => add({ value }),
    end: () => add('end'),
    fail: (error) => add({ error }),
  };
  return source;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
