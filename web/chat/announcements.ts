import { isStopped, type Turn } from './turn.ts';

/** Longer answers are read on the page itself. */
const maxSpoken = 600;

/** What screen readers are told of a turn: each state once, and the answer when all of it is there. */
export function announcementOf(turn: Turn): string {
  const { state, text, problem } = turn;
  if (state === 'failed') return problem ? `${problem.title} ${problem.whatToDo}` : '';
  if (state !== 'done') return underWay[state];
  if (isStopped(turn)) return 'Stopped.';
  return `The answer is there. ${text.length > maxSpoken ? `${text.slice(0, maxSpoken)}…` : text}`;
}

const underWay = {
  searching: 'Searching the documents.',
  answering: 'The answer is being written.',
  reconnecting: 'The connection is lost. Connecting again.',
} as const;
