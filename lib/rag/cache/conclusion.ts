import type { Neighbour } from './agreement.ts';

/** Of each cached answer, whether a new one says the same; undefined for what is gone. */
export type Verdicts = readonly (boolean | undefined)[];

/** What a new answer tells of those that were near. Undefined where it cannot be told. */
export interface Conclusion {
  /** Whether the candidate would have been right. */
  isRight?: boolean;
  /** The group that the new answer belongs to. */
  group?: string;
}

/**
 * What follows from comparing a new answer with those that were near, the candidate first if there is one. It is right if the
 * new answer says the same as any of its group: answers that say the same as a third say the same.
 */
export function concludeFrom<T extends Neighbour>(
  compared: readonly T[],
  candidate: T | undefined,
  verdicts: Verdicts,
): Conclusion {
  const group = compared[verdicts.indexOf(true)]?.group;
  const isRight = candidate && group === candidate.group;
  const isTold = isRight || verdicts[0] !== undefined;
  return {
    ...(group !== undefined && { group }),
    ...(isRight !== undefined && isTold && { isRight }),
  };
}
