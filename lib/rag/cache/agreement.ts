import type { Nearness } from '../ports/answers.ts';

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

/** How many neighbours vote. */
export const voters = 10;

/** A vote counts e times more for each tenth of cosine. */
const sharpness = 10;

/** Someone at this cosine votes against everything, or neighbours who are all far off would be sure of it together. */
const strangerSimilarity = 0.6;

/** How many groups a new answer is compared with. Each costs the read of an answer. */
const comparedGroups = 3;

/** What an answer has been found to be counts half a vote of its own, each time. */
const experienceShare = 0.5;

/**
 * The neighbour whose answer is likeliest right, with how likely that looks: neighbours (best first, the first ten count) vote
 * by nearness for the answer they share, and of the answer that wins, the nearest that `mayServe` is taken. Undefined if none is.
 */
export function chooseCandidate<T extends Neighbour>(
  neighbours: readonly T[],
  mayServe: (neighbour: T) => boolean,
): { entry: T; nearness: Nearness } | undefined {
  const heard = neighbours.slice(0, voters);
  const votes = new Map<string, number>();
  for (const { group, similarity } of heard) votes.set(group, (votes.get(group) ?? 0) + voteOf(similarity));
  const winner = Array.from(votes).reduce((best, next) => (next[1] > best[1] ? next : best), ['', 0]);
  const entry = heard.find((neighbour) => neighbour.group === winner[0] && mayServe(neighbour));
  if (!entry) return undefined;
  const experience = experienceShare * voteOf(entry.similarity);
  const against = heard.reduce((sum, { similarity }) => sum + voteOf(similarity), voteOf(strangerSimilarity));
  const agreement =
    (winner[1] + experience * entry.right) / (against + experience * (entry.right + entry.wrong));
  return { entry, nearness: { similarity: entry.similarity, agreement } };
}

/** The nearest of each of the three nearest groups: those a new answer is compared with, to find out whether it is of one. */
export function nearestOfGroups<T extends Neighbour>(neighbours: readonly T[]): T[] {
  const firsts = neighbours.filter(
    ({ group }, at) => neighbours.findIndex((other) => other.group === group) === at,
  );
  return firsts.slice(0, comparedGroups);
}

function voteOf(similarity: number): number {
  return Math.exp(sharpness * similarity);
}
