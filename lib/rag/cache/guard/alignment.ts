import type { Content } from './content.ts';
import { rootOf } from './roots.ts';
import { meaningsOf } from './synonymy.ts';
import { opposites } from './vocabulary.ts';

/** Two questions' content words beside each other. */
export interface Alignment {
  /** Words of both, in the order of the first. */
  shared: readonly (readonly [Content, Content])[];
  /** Words that only the first one has. */
  left: readonly Content[];
  /** Words that only the second one has. */
  right: readonly Content[];
}

/** Pairs words of the same root, then synonyms. Takes time in proportion to the words. */
export function align(a: readonly Content[], b: readonly Content[]): Alignment {
  const open = new Map(b.map((word) => [word.key, word]));
  const partners = new Map<Content, Content>();
  for (const word of a) {
    const same = open.get(word.key);
    if (same && open.delete(word.key)) partners.set(word, same);
  }
  const byMeaning = new Map<number, Content>();
  for (const word of open.values()) for (const meaning of meaningsOf(word.key)) byMeaning.set(meaning, word);
  for (const word of a) {
    if (partners.has(word)) continue;
    const synonym = [...meaningsOf(word.key)]
      .map((each) => byMeaning.get(each))
      .find((each) => each && open.has(each.key));
    if (synonym && open.delete(synonym.key)) partners.set(word, synonym);
  }
  return {
    shared: a.flatMap((word) => {
      const partner = partners.get(word);
      return partner ? [[word, partner] as const] : [];
    }),
    left: a.filter((word) => !partners.has(word) && !word.isFigure),
    right: [...open.values()].filter((word) => !word.isFigure),
  };
}

const opposed = new Map<string, Set<string>>();
for (const [one, other] of opposites) {
  for (const [from, to] of [[one, other] as const, [other, one] as const]) {
    const known = opposed.get(rootOf(from)) ?? new Set();
    opposed.set(rootOf(from), known.add(rootOf(to)));
  }
}

/** Whether a word that only one has is the opposite of one that only the other has. */
export function hasOpposites({ left, right }: Alignment): boolean {
  const keys = new Set(right.map(({ key }) => key));
  return left.some(({ key }) => [...(opposed.get(key) ?? [])].some((each) => keys.has(each)));
}
