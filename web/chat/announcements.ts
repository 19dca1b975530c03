import type { Turn } from './turn.ts';

/** Longer answers are read on the page itself. */
const maxSpoken = 600;

/** What screen readers are told of a turn: each state once, and the answer when all of it is there. */
export function announcementOf({ state, text, problem }: Turn): string {
  if (state === 'failed') return problem ? `${problem.title} ${problem.whatToDo}` : '';
  if (state !== 'done') return underWay[state];
  return `The answer is there. ${text.length > maxSpoken ? `${text.slice(0, maxSpoken)}…` : text}`;
}

const underWay = {
  searching: 'Searching the documents.',
  answering: 'The answer is being written.',
  reconnecting: 'The connection is lost. Connecting again.',
} as const;
