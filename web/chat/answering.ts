import { ApiError } from '../api/error.ts';
import { connectionGivenUp, toProblem } from '../api/problems.ts';
import type { AskEvent } from '../../lib/rag/types.ts';
import { isOver, type Turn } from './turn.ts';

/**
 * Writes an answer's events into its turn, to the end or to what has gone wrong. Never throws; an abort leaves the turn as it
 * is. A turn that was over before the answer had an id is left, too: the answer is stopped as soon as it has one.
 */
export async function answerTurn(
  turn: Turn,
  events: AsyncIterable<AskEvent>,
  {
    signal,
    stop,
    onChange,
  }: { signal: AbortSignal; stop: (id: string) => Promise<void>; onChange: () => void },
): Promise<void> {
  try {
    for await (const event of events) {
      // What comes after an abort is for nobody.
      if (signal.aborted) return;
      if (isOver(turn)) {
        if (event.type === 'sources') await stop(event.id);
        return;
      }
      take(turn, event);
      onChange();
    }
  } catch (error) {
    if (signal.aborted || isOver(turn)) return;
    turn.state = 'failed';
    const isLost = error instanceof ApiError && error.code === 'network' && turn.answerId !== undefined;
    turn.problem = isLost ? connectionGivenUp : toProblem(error);
    onChange();
  }
}

function take(turn: Turn, event: AskEvent): void {
  switch (event.type) {
    case 'sources':
      turn.state = 'answering';
      turn.text = '';
      turn.answerId = event.id;
      turn.sources = event.sources;
      turn.cached = event.cached;
      if (event.cachedAt !== undefined) turn.cachedAt = event.cachedAt;
      break;
    case 'delta':
      turn.text += event.text;
      break;
    case 'done': {
      const { type: _type, ...end } = event;
      turn.state = 'done';
      turn.end = end;
      break;
    }
  }
}
