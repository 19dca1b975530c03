import type { Alignment } from './alignment.ts';

/** Prepositions whose two sides cannot change places. */
const strong = new Set('from to by before after than over under against'.split(' '));
/** Those that tell a direction between names only: "exchange USD for GBP". */
const weak = new Set('for of with in on at'.split(' '));

/** Whether two words have changed places: from A to B against from B to A, A beats B against B beats A. */
export function isTurnedRound(alignment: Alignment): boolean {
  const { shared } = alignment;
  return isRoleExchanged(shared) || isTransposed(alignment) || isVoiceTurned(shared);
}

/** "A is paid by B" is "B pays A", and so not "A pays B": who acts stands last in the one and first in the other. */
function isVoiceTurned(shared: Alignment['shared']): boolean {
  const words = shared.filter(([a]) => a.weight === 'full');
  return [true, false].some((isFirstPassive) => {
    const pairs = words.map(([a, b]) => (isFirstPassive ? ([a, b] as const) : ([b, a] as const)));
    const agent = pairs.find(([passive, active]) => passive.role === 'by' && active.role === '');
    const others = pairs.filter((pair) => pair !== agent && pair[0].role === '' && pair[1].role === '');
    return (
      agent !== undefined && others.length > 1 && others.every(([, active]) => active.place < agent[1].place)
    );
  });
}

/** What was the start is the goal, or what stood under one preposition stands under another's, and the other way round. */
function isRoleExchanged(shared: Alignment['shared']): boolean {
  const seen = new Map<string, boolean>();
  for (const [a, b] of shared) {
    const [from, to] = [a.role, b.role];
    if (from === to || (a.weight !== 'full' && !a.isFigure)) continue;
    if (from + to === 'fromto' || from + to === 'tofrom') return true;
    const other = seen.get(`${to}>${from}`);
    if (other !== undefined && (strong.has(from) || strong.has(to))) return true;
    if (other && a.isName && (weak.has(from) || weak.has(to))) return true;
    seen.set(`${from}>${to}`, a.isName || (seen.get(`${from}>${to}`) ?? false));
  }
  return false;
}

/** The same words in the same order but for two that stand in each other's place, with a word between them. */
function isTransposed({ shared, left, right }: Alignment): boolean {
  if ([...left, ...right].some(({ weight }) => weight === 'full')) return false;
  // Where another preposition leads a word in, its place tells nothing.
  if (shared.some(([a, b]) => a.role !== b.role)) return false;
  const words = shared.filter(([a]) => a.weight === 'full' || a.isFigure);
  const places = new Map(
    words.toSorted(([, a], [, b]) => a.place - b.place).map(([, b], place) => [b, place]),
  );
  const moved = words.flatMap(([, b], place) => (places.get(b) === place ? [] : [place]));
  const [first = 0, second = 0] = moved;
  const [one, other] = [words[first]?.[0], words[second]?.[0]];
  // "To B from A": the prepositions tell which is which, wherever they stand.
  if (one?.role !== other?.role && strong.has(one?.role ?? '') && strong.has(other?.role ?? '')) return false;
  return moved.length === 2 && second - first > 1;
}
