import { abortable } from './within.ts';

/** Does a work once all that came before it is over. Whoever stops waiting never begins. */
export type OneByOne = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Creates a lane that works go through one after another, in the order they came. */
export function createOneByOne(): OneByOne {
  let last: Promise<void> = Promise.resolve();
  return async (signal, work) => {
    const before = last;
    const done = Promise.withResolvers<void>();
    last = before.then(() => done.promise);
    try {
      await abortable(signal, () => before);
      return await work();
    } finally {
      done.resolve();
    }
  };
}
