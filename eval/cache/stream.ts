import { chooseCandidate, nearestOfGroups, voters, type Neighbour } from '../../lib/rag/cache/agreement.ts';
import { observe, type Observation } from '../../lib/rag/cache/thresholds-counts.ts';
import { judge as judgeNearness } from '../../lib/rag/cache/thresholds.ts';
import type { Judge } from './faq.ts';
import type { Intents } from './intents.ts';
import { createRandom, shuffle } from './random.ts';
import type { Similarities } from './similarities.ts';

/** Questions asked one after the other of one cache. */
export interface Stream {
  data: Intents;
  similarities: Similarities;
  judge: Judge;
  /** Whether nothing in the wording speaks against serving the second's answer to the first. */
  mayServe: (asked: number, cached: number) => boolean;
  delta: number;
  /** Order of the questions. */
  seed: number;
  /** Whether the cached questions come first, all asked of the model. Else all come mixed, to an empty cache that serves. */
  isWarm: boolean;
}

/** What became of the questions that could be served. */
export interface Outcome {
  asked: number;
  hits: number;
  /** Hits whose intent is another. */
  wrong: number;
  explored: number;
}

interface Entry extends Neighbour {
  question: number;
}

/** Asks the questions as production does, where every miss becomes an observation and a new entry. */
export function runStream({ data, similarities, judge, mayServe, delta, seed, isWarm }: Stream): Outcome {
  const random = createRandom(seed);
  const first = shuffle(data.cached, seed);
  const then = shuffle(data.asked, seed + 1_000);
  const counters: Record<string, number> = {};
  const entries = new Map<number, Entry>();
  const present: number[] = [];
  const isPresent = new Uint8Array(data.texts.length);
  const outcome: Outcome = { asked: 0, hits: 0, wrong: 0, explored: 0 };
  if (isWarm) for (const question of first) miss(question, nearest(question), 1);
  for (const question of isWarm ? then : shuffle([...first, ...then], seed)) ask(question);
  return outcome;

  function ask(question: number): void {
    outcome.asked += 1;
    const found = nearest(question);
    const { candidate } = found;
    const judged = candidate && judgeNearness(counters, candidate.nearness, delta, random);
    if (judged?.verdict === 'explore') outcome.explored += 1;
    if (!candidate || judged?.verdict !== 'serve') {
      miss(question, found, judged?.questions ?? 1);
      return;
    }
    outcome.hits += 1;
    if (data.intents[candidate.entry.question] !== data.intents[question]) outcome.wrong += 1;
    learn({ nearness: candidate.nearness, questions: judged.questions });
  }

  function nearest(question: number) {
    const neighbours = similarities
      .nearest(question, present, isPresent, voters)
      .flatMap(({ question: other, similarity }) => {
        const entry = entries.get(other);
        return entry ? [{ ...entry, similarity }] : [];
      });
    return {
      candidate: chooseCandidate(neighbours, (neighbour) => mayServe(question, neighbour.question)),
      others: nearestOfGroups(neighbours),
    };
  }

  function miss(
    question: number,
    { candidate, others }: ReturnType<typeof nearest>,
    questions: number,
  ): void {
    const isRight = candidate !== undefined && judge(question, candidate.entry.question);
    learn({ questions, ...(candidate && { nearness: candidate.nearness, isRight }) });
    const entry = candidate && entries.get(candidate.entry.question);
    if (entry) entry[isRight ? 'right' : 'wrong'] += 1;
    const same = isRight ? candidate.entry : others.find((other) => judge(question, other.question));
    const group = same?.group ?? `${question}`;
    entries.set(question, { question, group, similarity: 1, right: 0, wrong: 0 });
    present.push(question);
    isPresent[question] = 1;
  }

  function learn(observation: Observation): void {
    for (const [name, by] of Object.entries(observe(counters, observation, random)))
      counters[name] = (counters[name] ?? 0) + by;
  }
}
