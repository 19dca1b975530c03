import { within } from '../../async/within.ts';
import { addUsage, noUsage } from '../answer/usage.ts';
import type { Usage } from '../types.ts';
import type { Caller } from './caller.ts';

/** How long one who left waits for those who stayed to be let in. What is used after that is booked to whoever is. */
const undecidedMs = 500;

/** What an answer has used, for those who read it: all of it is booked, once, and only to those who were let in. */
export interface Bill {
  /** One more reads it. */
  enter(caller: Caller): void;
  /** Books to the caller what nobody has taken over until now. */
  take(caller: Caller): void;
  /**
   * A reader has left; `isOver` if nothing more will be used. Who leaves others behind of whom none is let in yet takes over
   * what is used if none of them ever is: `caller.billed` waits for that.
   */
  leave(caller: Caller, isOver: boolean): void;
}

/** Creates the bill of an answer that has used so much until now. */
export function createBill(used: () => Usage): Bill {
  const readers = new Set<Caller>();
  let taken = noUsage;
  let liable: { caller: Caller; settled: PromiseWithResolvers<void> } | undefined;

  const take = ({ report }: Caller) => {
    const rest = restOf(used(), taken);
    report.usage = addUsage(report.usage, rest);
    taken = addUsage(taken, rest);
  };
  const release = () => {
    liable?.settled.resolve();
    liable = undefined;
  };
  const holdLiable = (caller: Caller) => {
    const settled = Promise.withResolvers<void>();
    liable = { caller, settled };
    const { signal } = new AbortController();
    caller.billed = within(undecidedMs, signal, () => settled.promise).catch(() => {
      liable = undefined;
      take(caller);
    });
  };

  return {
    enter: (caller) => {
      readers.add(caller);
      const admit = () => {
        if (readers.has(caller)) release();
      };
      caller.admission.then(admit, () => {});
    },
    take,
    leave: (caller, isOver) => {
      readers.delete(caller);
      if (isOver) {
        const payer = caller.isAdmitted ? caller : liable?.caller;
        if (payer) take(payer);
        release();
      } else if (caller.isAdmitted && !Array.from(readers).some(({ isAdmitted }) => isAdmitted)) {
        holdLiable(caller);
      }
    },
  };
}

/** An estimate that was taken may have been more than it is found to be in the end. */
function restOf(used: Usage, taken: Usage): Usage {
  return {
    promptTokens: Math.max(0, used.promptTokens - taken.promptTokens),
    completionTokens: Math.max(0, used.completionTokens - taken.completionTokens),
  };
}
