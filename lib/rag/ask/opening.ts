import { createLanes, takeLane } from '../../async/lanes.ts';
import { RagError } from '../errors.ts';

/**
 * Questions of a process that are on their way to the model at once. Each makes a dozen calls until then: of thousands that
 * begin in one moment, all would be late for their calls' limits, and none would be answered. Open answers are not counted.
 */
const maxOpening = 64;

/** How long a question waits for its turn. Longer, and more have come than the process gets through. */
const waitMs = 20_000;

/** When to ask again, after that; most who are told so have their headers already, and read it in the event. */
const retryAfterSeconds = 5;

/** Lets questions begin in the order of arrival, and returns what says that one is through, or over. */
export type Opening = (signal: AbortSignal) => Promise<() => void>;

/** Creates one for a process. It throws RagError `overloaded` to who has waited too long, and the signal's reason. */
export function createOpening(): Opening {
  const lanes = createLanes(maxOpening);
  return async (signal) => {
    const through = await takeLane(lanes, waitMs, signal);
    if (through) return through;
    throw new RagError('overloaded', 'Too many questions are asked at once. Try again shortly.', {
      retryAfterMs: retryAfterSeconds * 1_000,
      details: { retryAfterSeconds },
    });
  };
}
