import { abortable } from '../../lib/async/within.ts';

/** One call of a port, as it was made. */
export interface Call {
  /** Port and method: `answers.get`. */
  name: string;
  input: unknown;
  signal: AbortSignal;
  isOpen: boolean;
}

/** What happens to a call before the fake answers it; it is given up as soon as the call's signal aborts. */
export type Script = (call: Call) => unknown;

/** A call or calls that wait until the test lets them go on. */
export interface Hold {
  release(): void;
  fail(error: Error): void;
}

/** The calls that all fakes of one test have taken, and the means to hold them, to fail them or to act between them. */
export interface Calls {
  all: Call[];
  of(name: string): Call[];
  /** Names of the calls that have not ended, sorted. */
  open(): string[];
  /** Resolves with the `nth` call of that name (from 1) once it has been made. */
  made(name: string, nth?: number): Promise<Call>;
  /** Runs `script` before every call of that name; undefined takes it away. */
  before(name: string, script: Script | undefined): void;
  /** Holds every call of that name from now on. */
  hold(name: string): Hold;
  /** Used by the fakes: records the call and then answers it. */
  take<T>(name: string, input: unknown, signal: AbortSignal, answer: () => T | Promise<T>): Promise<T>;
}

/** Creates the recorder that the fakes of one test share. */
export function createCalls(): Calls {
  const all: Call[] = [];
  const scripts = new Map<string, Script>();
  const waiting = new Set<() => void>();
  const of = (name: string) => all.filter((call) => call.name === name);
  return {
    all,
    of,
    open: () =>
      all
        .filter((call) => call.isOpen)
        .map((call) => call.name)
        .toSorted(),
    made: (name, nth = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const call = of(name)[nth - 1];
          if (!call) return;
          waiting.delete(look);
          resolve(call);
        };
        waiting.add(look);
        look();
      }),
    before: (name, script) => {
      if (script) scripts.set(name, script);
      else scripts.delete(name);
    },
    hold: (name) => {
      const gate = Promise.withResolvers<void>();
      gate.promise.catch(() => {});
      scripts.set(name, () => gate.promise);
      return { release: gate.resolve, fail: gate.reject };
    },
    take: async (name, input, signal, answer) => {
      const call: Call = { name, input, signal, isOpen: true };
      all.push(call);
      for (const look of Array.from(waiting)) look();
      try {
        const script = scripts.get(name);
        await abortable(signal, async () => script?.(call));
        signal.throwIfAborted();
        return await answer();
      } finally {
        call.isOpen = false;
      }
    },
  };
}
