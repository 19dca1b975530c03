import type { Neighbour } from './agreement.ts';
import type { Grouped } from './groups.ts';

/** Of each cached answer, whether a new one says the same; undefined for what is gone. */
export type Verdicts = readonly (boolean | undefined)[];

/** What a new answer tells of those that were near. */
export interface Conclusion {
  /** Whether the candidate would have been right. Undefined where it cannot be told. */
  isRight?: boolean;
  /** The groups that the new answer belongs to: of each that it says the same as. */
  groups: readonly string[];
}

/**
 * What follows from comparing a new answer with those that were near, the candidate first if there is one. It is right if the
 * new answer says the same as any of its group: answers that say the same as a third say the same.
 */
export function concludeFrom<T extends Neighbour & Grouped>(
  compared: readonly T[],
  candidate: T | undefined,
  verdicts: Verdicts,
): Conclusion {
  const alike = compared.filter((_, at) => verdicts[at]);
  const groups = Array.from(new Set(alike.flatMap((one) => one.groups.slice(0, 1))));
  if (!candidate) return { groups };
  const isRight = alike.some(({ group }) => group === candidate.group);
  const isTold = isRight || verdicts[0] !== undefined;
  return { groups, ...(isTold && { isRight }) };
}
