import { randomUUID } from 'node:crypto';
import { within } from '../../async/within.ts';
import type { AnswerStore } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Embeddings } from '../ports/models.ts';
import type { CachedAnswer, Scope } from '../types.ts';
import { concludeFrom, type Conclusion, type Verdicts } from './conclusion.ts';
import { countRefusals } from './refusals.ts';
import { sameAnswer, type ComparedAnswer } from './same-answer.ts';
import type { NearInGroup, Similar } from './similar.ts';
import { observe } from './thresholds-counts.ts';

/** The ports that learning needs. */
export interface LearnDependencies {
  answers: AnswerStore;
  embeddings: Embeddings;
}

/** How long the comparison may take: the answer itself is kept only then, and others may wait for it. */
const compareBudgetMs = 700;

/** What the answer belongs to that says the same as none. */
function ownGroup(): string[] {
  return [randomUUID()];
}

/** What comes of comparing a new answer with those that were near. */
export interface Learning {
  /** The groups that the new answer belongs to; its own, where that cannot be found out. Never rejects. */
  groups: Promise<readonly string[]>;
  /** Resolves when what was learnt is written. */
  learnt: Promise<void>;
}

/**
 * Learns what came of a question in the similar tier: that it was asked, and, where the model has answered too, whether the
 * cached answer that came into question would have been right.
 */
export function learnFrom(
  deps: LearnDependencies,
  scope: Scope,
  { similar, answer }: { similar: Similar | undefined; answer: CachedAnswer | undefined },
  options: CallOptions,
): Learning {
  if (!similar) return { groups: Promise.resolve(ownGroup()), learnt: Promise.resolve() };
  const { candidate, compared } = similar;
  const concluding = within<Conclusion>(compareBudgetMs, options.signal, async (signal) => {
    if (!answer) return { groups: [] };
    return concludeFrom(compared, candidate, await compareAll(deps, scope, { answer, compared }, { signal }));
  });
  return {
    groups: concluding.then(({ groups }) => (groups.length > 0 ? groups : ownGroup()), ownGroup),
    learnt: concluding.then(
      (conclusion) => writeLearnt(deps, scope, similar, conclusion, options),
      async (error: unknown) => {
        // That it was asked is known all the same.
        await writeLearnt(deps, scope, similar, { groups: [] }, options);
        throw error;
      },
    ),
  };
}

async function writeLearnt(
  { answers }: LearnDependencies,
  scope: Scope,
  { candidate, nearness, questions, counters, refused }: Similar,
  { isRight }: Conclusion,
  options: CallOptions,
): Promise<void> {
  const known = { nearness, questions, ...(isRight !== undefined && { isRight }) };
  const increments = { ...observe(counters, known, Math.random), ...countRefusals(refused, questions) };
  const writing = [answers.learn(scope, increments, options)];
  if (candidate && isRight !== undefined)
    writing.push(answers.judge({ scope, key: candidate.key }, isRight, options));
  await Promise.all(writing);
}

/** Whether each of the cached answers says the same as the model's; undefined for what is gone. */
async function compareAll(
  { answers, embeddings }: LearnDependencies,
  scope: Scope,
  { answer, compared }: { answer: CachedAnswer; compared: readonly NearInGroup[] },
  options: CallOptions,
): Promise<Verdicts> {
  const cached = await Promise.all(compared.map(({ key }) => answers.get({ scope, key }, options)));
  const own = toCompared(answer);
  const others = cached.map((other) => other && toCompared(other));
  const verdicts = others.map((other) => other && sameAnswer(own, other));
  const open = others.filter((other, at) => other !== undefined && verdicts[at] === 'undecided');
  if (open.length === 0) return verdicts as Verdicts;
  const texts = [own, ...open].flatMap((one) => (one ? [one.text] : []));
  const [vector, ...vectors] = await embeddings.embed(texts, options);
  return verdicts.map((verdict, at) => {
    if (verdict !== 'undecided') return verdict;
    const [other, otherVector] = [others[at], vectors[open.indexOf(others[at])]];
    return vector && other && otherVector
      ? sameAnswer(own, other, dot(vector, otherVector)) === true
      : undefined;
  });
}

function toCompared({ text, sources, citations }: CachedAnswer): ComparedAnswer {
  const cited = sources.filter(({ n }) => citations.includes(n));
  return { text, citations: cited.map(({ document, chunk }) => `${document} ${chunk}`) };
}

/** The cosine of unit vectors. */
function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}
