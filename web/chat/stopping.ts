import { pause } from '../api/pause.ts';
import { isOver, type Turn } from './turn.ts';

/** After the server took the stop, the stream ends within two seconds; this long is waited for that. */
export const endsWithinMs = 4_000;

/**
 * Creates what stops a turn. The server ends the answer, and its stream says so. Where the server cannot (it keeps no log of
 * answers, or does not answer), or where there is no id yet to stop it by, `giveUp` ends the turn here.
 */
export function createStop(
  turn: Turn,
  { stop, giveUp, signal }: { stop: (id: string) => Promise<void>; giveUp: () => void; signal: AbortSignal },
): () => void {
  let isAsked = false;
  return () => {
    const { answerId } = turn;
    if (isAsked || isOver(turn)) return;
    isAsked = turn.isStopping = true;
    // The person waits for no server to be done with it.
    if (answerId === undefined) return giveUp();
    const end = () => {
      if (!signal.aborted && !isOver(turn)) giveUp();
    };
    // Whatever kept the server from it, the person wants no more of it.
    stop(answerId)
      .then(() => pause(endsWithinMs, signal))
      .then(end, end);
  };
}
