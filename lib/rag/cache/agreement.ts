import type { Nearness } from '../ports/answers.ts';
import type { Objection } from './guard.ts';

/** A cached answer near a question, as far as its vote goes. */
export interface Neighbour {
  /** Those whose answers say the same have the same. */
  group: string;
  /** Cosine of the questions' vectors, -1 to 1. */
  similarity: number;
  /** How often it was found to be the right answer to a similar question, and how often not. */
  right: number;
  wrong: number;
}

/** What the wording of a question says of its neighbours. */
export interface Wording<T> {
  /** What speaks against serving its answer. */
  objectionTo: (neighbour: T) => Objection | undefined;
  /** Roots of the words that carry meaning in its question. */
  rootsOf: (neighbour: T) => ReadonlySet<string>;
}

/** How many neighbours are looked for: of those whose answer wins the vote, one may be worded more like the question. */
export const searched = 30;

/** How many neighbours vote. */
const voters = 15;

/** A vote counts e times more for each fourteenth of cosine. */
const sharpness = 14;

/** Someone at this cosine votes against everything, or neighbours who are all far off would be sure of it together. */
const strangerSimilarity = 0.6;

/** So many neighbours with one answer may overrule that a question puts words in place of theirs that none of them uses. */
const leastOverruling = 3;

/** How many groups a new answer is compared with. Each costs the read of an answer. */
const comparedGroups = 4;

/** How many more of the candidate's group it is compared with: what is not quite like one may be like another. */
const comparedBesides = 4;

/** What an answer has been found to be counts half a vote of its own, each time. */
const experienceShare = 0.5;

/**
 * The neighbour whose answer is likeliest right, with how likely that looks: neighbours (best first, the first fifteen count)
 * vote by nearness for the answer they share, and of the answer that wins, the nearest is taken that may be served
 * for its wording. Undefined if none may.
 */
export function chooseCandidate<T extends Neighbour>(
  neighbours: readonly T[],
  wording: Wording<T>,
): { entry: T; nearness: Nearness } | undefined {
  const heard = neighbours.slice(0, voters);
  const votes = new Map<string, number>();
  for (const { group, similarity } of heard) votes.set(group, (votes.get(group) ?? 0) + voteOf(similarity));
  const winner = Array.from(votes).reduce((best, next) => (next[1] > best[1] ? next : best), ['', 0]);
  const chosen = chooseByWording(
    neighbours.filter(({ group }) => group === winner[0]),
    wording,
  );
  if (!chosen) return undefined;
  const { entry, isReworded } = chosen;
  const experience = experienceShare * voteOf(entry.similarity);
  const against = heard.reduce((sum, { similarity }) => sum + voteOf(similarity), voteOf(strangerSimilarity));
  const agreement =
    (winner[1] + experience * entry.right) / (against + experience * (entry.right + entry.wrong));
  return { entry, nearness: { similarity: entry.similarity, agreement, ...(isReworded && { isReworded }) } };
}

/**
 * Of neighbours that have one answer, the nearest to which there is no objection; else the nearest against which only words
 * speak that others of them use too; else, if there are enough of them, the nearest against which only unknown words speak.
 */
function chooseByWording<T extends Neighbour>(
  members: readonly T[],
  { objectionTo, rootsOf }: Wording<T>,
): { entry: T; isReworded: boolean } | undefined {
  const swapping: { entry: T; swapped: readonly string[] }[] = [];
  for (const entry of members) {
    const objection = objectionTo(entry);
    if (!objection) return { entry, isReworded: false };
    if (objection.swapped) swapping.push({ entry, swapped: objection.swapped });
  }
  const isUsed = (root: string) => members.some((member) => rootsOf(member).has(root));
  const used = swapping.find(({ swapped }) => swapped.every(isUsed));
  if (used) return { entry: used.entry, isReworded: false };
  const [nearest] = swapping;
  return nearest && members.length >= leastOverruling
    ? { entry: nearest.entry, isReworded: true }
    : undefined;
}

/**
 * Those a new answer is compared with: the candidate first, if there is one, with the nearest others of its group, and
 * the nearest of each of the nearest groups, to find out whether it is of one of them.
 */
export function comparedWith<T extends Neighbour>(neighbours: readonly T[], candidate: T | undefined): T[] {
  const own = candidate
    ? neighbours.filter((other) => other !== candidate && other.group === candidate.group)
    : [];
  const firsts = neighbours.filter(
    ({ group }, at) => neighbours.findIndex((other) => other.group === group) === at,
  );
  return Array.from(
    new Set([
      ...(candidate ? [candidate] : []),
      ...own.slice(0, comparedBesides),
      ...firsts.slice(0, comparedGroups),
    ]),
  );
}

function voteOf(similarity: number): number {
  return Math.exp(sharpness * similarity);
}
