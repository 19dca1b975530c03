import type { GuardReason } from './guard.ts';
import type { Counters } from './thresholds-windows.ts';

/** What the counters of refusals begin with; none of those that thresholds are learnt from does. */
const prefix = 'refused-';

/** What to add to the counters for a question that stands for so many: each reason of its refusals counts once. */
export function countRefusals(reasons: readonly GuardReason[], questions: number): Record<string, number> {
  if (questions === 0) return {};
  return Object.fromEntries(reasons.map((reason) => [`${prefix}${reason}`, questions]));
}

/** In how many questions the guard refused an answer that was near, by reason. */
export function readRefusals(counters: Counters): Record<string, number> {
  const counted = Object.entries(counters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(counted.map(([name, count]) => [name.slice(prefix.length), count]));
}
