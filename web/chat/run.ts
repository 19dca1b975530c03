import type { FollowOptions } from '../api/follow.ts';
import type { AskEvent } from '../../lib/rag/types.ts';
import { answerTurn } from './answering.ts';
import { createStop } from './stopping.ts';
import type { Turn } from './turn.ts';

/** An answer on its way into its turn. */
export interface Run {
  turn: Turn;
  /** Somebody wants it to stop. */
  stop(this: void): void;
  /** Ends the reading. The answer is made on, and can be read again by its id. */
  leave(this: void): void;
}

/** Begins to write an answer into its turn; `onChange` hears of every change, later than this returns. */
export function startRun(
  turn: Turn,
  {
    open,
    stop,
    onChange,
  }: {
    open: (options: FollowOptions) => AsyncIterable<AskEvent>;
    stop: (id: string) => Promise<void>;
    onChange: () => void;
  },
): Run {
  const reading = new AbortController();
  const { signal } = reading;
  const leave = () => reading.abort(new DOMException('Nobody reads the answer here.', 'AbortError'));
  const onConnection = (state: 'lost' | 'back') => {
    turn.state = state === 'lost' ? 'reconnecting' : 'answering';
    onChange();
  };
  const giveUp = () => {
    // Without an id it cannot be stopped yet, so it is read on until it has one.
    if (turn.answerId !== undefined) leave();
    turn.state = 'done';
    onChange();
  };
  answerTurn(turn, open({ signal, onConnection }), { signal, stop, onChange }).catch(reportError);
  return { turn, stop: createStop(turn, { stop, giveUp, signal }), leave };
}
