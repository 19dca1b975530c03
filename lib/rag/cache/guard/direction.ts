import type { Alignment } from './alignment.ts';
import type { Content } from './content.ts';

/** Prepositions whose two sides cannot change places. */
const directed = new Set('from to by before after than over under against of for with in on at'.split(' '));

/** Whether two words have changed places: from A to B against from B to A, A beats B against B beats A. */
export function isTurnedRound({ shared, left, right }: Alignment): boolean {
  const seen = new Set<string>();
  for (const [a, b] of shared) {
    const [from, to] = [a.role, b.role];
    if (from === to || !(directed.has(from) || directed.has(to))) continue;
    if (seen.has(`${to}>${from}`)) return true;
    seen.add(`${from}>${to}`);
  }
  return left.length === 0 && right.length === 0 && isTransposed(shared);
}

/** The same words in the same order but for two that stand in each other's place, with another between them. */
function isTransposed(shared: Alignment['shared']): boolean {
  const order = new Map<Content, number>();
  const others = shared.map(([, b]) => b);
  for (const [place, word] of inOrder(others).entries()) order.set(word, place);
  const moved = others.flatMap((word, place) => (order.get(word) === place ? [] : [place]));
  const [first = 0, second = 0] = moved;
  return moved.length === 2 && second - first > 1;
}

function inOrder(words: readonly Content[]): Content[] {
  return words.toSorted((a, b) => a.place - b.place);
}
