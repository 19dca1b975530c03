import { rootOf } from './roots.ts';
import { synonyms } from './synonyms.ts';

const groups = new Map<string, Set<number>>();
for (const [index, group] of synonyms.entries()) {
  for (const word of group) {
    const root = rootOf(word);
    const ofRoot = groups.get(root) ?? new Set();
    groups.set(root, ofRoot.add(index));
  }
}

/** The meanings that a root stands for; two roots that share one can stand for each other. */
export function meaningsOf(root: string): ReadonlySet<number> {
  return groups.get(root) ?? none;
}

const none: ReadonlySet<number> = new Set();
