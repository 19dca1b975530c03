import {
  chooseCandidate,
  comparedWith,
  searched,
  type Neighbour,
  type Wording,
} from '../../lib/rag/cache/agreement.ts';
import { withOneGroup, type Grouped } from '../../lib/rag/cache/groups.ts';
import { concludeFrom } from '../../lib/rag/cache/conclusion.ts';
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
  /** What the wording of a question says of the cached ones near it. */
  wordingOf: (asked: number) => Wording<{ question: number }>;
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
  /** Hits whose question puts words in place of theirs that nobody near with the same answer uses, and those of them that are wrong. */
  reworded: number;
  rewordedWrong: number;
  explored: number;
  /** What the cache has learnt by the end. */
  counters: Readonly<Record<string, number>>;
}

type Entry = Omit<Neighbour, 'group'> & Grouped & { question: number };

/** Asks the questions as production does, where every miss becomes an observation and a new entry. */
export function runStream({ data, similarities, judge, wordingOf, delta, seed, isWarm }: Stream): Outcome {
  const random = createRandom(seed);
  const first = shuffle(data.cached, seed);
  const then = shuffle(data.asked, seed + 1_000);
  const counters: Record<string, number> = {};
  const entries = new Map<number, Entry>();
  const present: number[] = [];
  const isPresent = new Uint8Array(data.texts.length);
  const outcome: Outcome = {
    ...{ asked: 0, hits: 0, wrong: 0, reworded: 0, rewordedWrong: 0, explored: 0 },
    counters,
  };
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
    const { entry, nearness } = candidate;
    const isWrong = data.intents[entry.question] !== data.intents[question];
    outcome.hits += 1;
    if (isWrong) outcome.wrong += 1;
    if (nearness.isReworded) outcome.reworded += 1;
    if (nearness.isReworded && isWrong) outcome.rewordedWrong += 1;
    learn({ nearness, questions: judged.questions });
  }

  function nearest(question: number) {
    const found = similarities
      .nearest(question, present, isPresent, searched)
      .flatMap(({ question: other, similarity }) => {
        const entry = entries.get(other);
        return entry ? [{ ...entry, similarity }] : [];
      });
    const neighbours = withOneGroup(found);
    const candidate = chooseCandidate(neighbours, wordingOf(question));
    return { candidate, compared: comparedWith(neighbours, candidate?.entry) };
  }

  function miss(
    question: number,
    { candidate, compared }: ReturnType<typeof nearest>,
    questions: number,
  ): void {
    const verdicts = compared.map((other) => judge(question, other.question));
    const { groups, ...known } = concludeFrom(compared, candidate?.entry, verdicts);
    learn({ questions, nearness: candidate?.nearness, ...known });
    const entry = candidate && entries.get(candidate.entry.question);
    if (entry) entry[known.isRight ? 'right' : 'wrong'] += 1;
    // That there is no answer to a question is kept, but is nobody's neighbour (`settleCache`).
    if (!data.isInScope[question]) return;
    entries.set(question, {
      ...{ question, similarity: 1, right: 0, wrong: 0 },
      groups: groups.length > 0 ? groups : [`${question}`],
    });
    present.push(question);
    isPresent[question] = 1;
  }

  function learn(observation: Observation): void {
    for (const [name, by] of Object.entries(observe(counters, observation, random)))
      counters[name] = (counters[name] ?? 0) + by;
  }
}
