/** What a scope's cache has counted, by name. */
export type Counters = Readonly<Record<string, number>>;

/** What to add to counters, by name; none of it 0. */
export type Increments = Record<string, number>;

/** Adds to an increment. */
export function increase(increments: Increments, name: string, by: number): void {
  const sum = (increments[name] ?? 0) + by;
  if (sum === 0) delete increments[name];
  else increments[name] = sum;
}

/**
 * Counts one more under a name of a window; if the counters of all its names hold more than is remembered then, a random older
 * one is taken out, each with the same chance. `random` is as Math.random.
 */
export function countInWindow(
  counters: Counters,
  increments: Increments,
  { name, names, remembered }: { name: string; names: readonly string[]; remembered: number },
  random: () => number,
): void {
  increase(increments, name, 1);
  const held = names.map((each) => Math.max((counters[each] ?? 0) + (increments[each] ?? 0), 0));
  const all = held.reduce((sum, count) => sum + count, 0);
  if (all <= remembered) return;
  let left = random() * all;
  const replaced = names[held.findIndex((count) => (left -= count) < 0)];
  if (replaced !== undefined) increase(increments, replaced, -1);
}
