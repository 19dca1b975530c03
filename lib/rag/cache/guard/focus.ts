import type { Token } from './tokens.ts';

/** What a question asks for. */
export type Focus = 'time' | 'place' | 'person' | 'reason' | 'amount' | 'manner';

const focuses: ReadonlyMap<string, Focus> = new Map([
  ['when', 'time'],
  ['where', 'place'],
  ['who', 'person'],
  ['whom', 'person'],
  ['why', 'reason'],
  ['reason', 'reason'],
  ['cause', 'reason'],
  ['way', 'manner'],
  ['steps', 'manner'],
  ['process', 'manner'],
]);
const focusesOfHow: ReadonlyMap<string, Focus> = new Map([
  ['much', 'amount'],
  ['many', 'amount'],
  ['long', 'time'],
  ['soon', 'time'],
  ['fast', 'time'],
  ['quickly', 'time'],
  ['come', 'reason'],
]);

const times = new Set('time seconds minutes hours days weeks months years'.split(' '));

/** What a question asks for, by its question words; empty where it is put as a statement or with "what". */
export function readFocus(tokens: readonly Token[]): ReadonlySet<Focus> {
  const found = new Set<Focus>();
  for (const [index, { text }] of tokens.entries()) {
    const next = tokens[index + 1]?.text ?? '';
    const focus = text === 'how' ? (focusesOfHow.get(next) ?? 'manner') : focuses.get(text);
    if (!focus) continue;
    // "How many days does it take?" asks when, "how much time" too.
    found.add(focus === 'amount' && times.has(tokens[index + 2]?.text ?? '') ? 'time' : focus);
  }
  return found;
}

/** What a question that is answered by yes or no asks about. */
export type Mood = 'leave' | 'duty';

/** Whether something may or must be done, by how the question begins. */
export function readMood(tokens: readonly Token[]): Mood | undefined {
  const [first = '', , third = '', fourth = ''] = tokens.slice(0, 4).map(({ text }) => text);
  if (/^(?:can|could|may|might)$/.test(first)) return 'leave';
  if (/^(?:must|should|shall)$/.test(first)) return 'duty';
  return /^(?:have|need)$/.test(third) && fourth === 'to' ? 'duty' : undefined;
}

/** How something is done is often answered by where, and where by how. */
const near = new Set<Focus>(['place', 'manner']);

/** Whether both ask for something, and for nothing in common. */
export function isOtherFocus(a: ReadonlySet<Focus>, b: ReadonlySet<Focus>): boolean {
  if (a.size === 0 || b.size === 0 || [...a].some((each) => b.has(each))) return false;
  return !([...a].every((each) => near.has(each)) && [...b].every((each) => near.has(each)));
}
