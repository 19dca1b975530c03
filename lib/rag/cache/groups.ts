/** Something whose answer belongs to groups; answers that have one in common say the same. */
export interface Grouped {
  groups: readonly string[];
}

/** So many answers have to belong to two groups to make them one: a comparison may err. */
const leastLinks = 2;

/**
 * Each with the one group that it has among the others: its first, or what that has become one with, be it by way of more
 * groups. Two answers that were found to say the same as both of two groups join these, for whoever has the two near.
 */
export function withOneGroup<T extends Grouped>(members: readonly T[]): (T & { group: string })[] {
  const joined = new Map<string, string>();
  const groupOf = (name: string): string => {
    const other = joined.get(name);
    return other === undefined ? name : groupOf(other);
  };
  for (const [one, other] of linked(members)) {
    const [from, to] = [groupOf(other), groupOf(one)];
    if (from !== to) joined.set(from, to);
  }
  return members.map((member) => ({ ...member, group: groupOf(member.groups[0] ?? '') }));
}

/** Pairs of groups that enough members belong to both of. */
function linked(members: readonly Grouped[]): (readonly [string, string])[] {
  const counts = new Map<string, Map<string, number>>();
  for (const { groups } of members) {
    for (const [place, other] of groups.entries()) {
      for (const one of groups.slice(0, place)) {
        const [first, second] = one < other ? [one, other] : [other, one];
        const ofFirst = counts.get(first) ?? new Map<string, number>();
        counts.set(first, ofFirst.set(second, (ofFirst.get(second) ?? 0) + 1));
      }
    }
  }
  return Array.from(counts).flatMap(([one, others]) =>
    Array.from(others).flatMap(([other, count]) => (count < leastLinks ? [] : [[one, other] as const])),
  );
}
