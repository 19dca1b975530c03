import { pause } from '../api/pause.ts';
import { isOver, type Turn } from './turn.ts';

/** After the server took the stop, the stream ends within two seconds; this long is waited for that. */
export const endsWithinMs = 4_000;

/** Stops one answer. */
export interface Stopper {
  /** Somebody wants it to stop. */
  request(this: void): void;
  /** The turn has changed: what could not be stopped for want of an id may be now. */
  noteChange(this: void): void;
}

/**
 * Creates the stopping of a turn. The server ends the answer, and its stream says so. Where the server cannot (it keeps no log
 * of answers, or does not answer), `giveUp` ends our reading.
 */
export function createStopper(
  turn: Turn,
  { stop, giveUp, signal }: { stop: (id: string) => Promise<void>; giveUp: () => void; signal: AbortSignal },
): Stopper {
  let isSent = false;
  const noteChange = () => {
    const { answerId, isStopping = false } = turn;
    if (!isStopping || isSent || answerId === undefined || isOver(turn)) return;
    isSent = true;
    const end = () => {
      if (!signal.aborted && !isOver(turn)) giveUp();
    };
    // Whatever kept the server from it, the person wants no more of it.
    stop(answerId)
      .then(() => pause(endsWithinMs, signal))
      .then(end, end);
  };
  return {
    request: () => {
      turn.isStopping = true;
      noteChange();
    },
    noteChange,
  };
}
