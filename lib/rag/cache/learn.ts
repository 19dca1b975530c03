import { randomUUID } from 'node:crypto';
import type { AnswerKey, AnswerStore } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Embeddings } from '../ports/models.ts';
import type { CachedAnswer, Scope } from '../types.ts';
import { countRefusals } from './refusals.ts';
import { sameAnswer, type ComparedAnswer } from './same-answer.ts';
import type { Similar } from './similar.ts';
import { observe } from './thresholds-counts.ts';

/** The ports that learning needs. */
export interface LearnDependencies {
  answers: AnswerStore;
  embeddings: Embeddings;
}

/** A name for answers that say the same. */
export function newGroup(): string {
  return randomUUID();
}

/**
 * Learns what came of a question in the similar tier: that it was asked, and, where the model has answered too, whether the
 * cached answer that came into question would have been right. Returns the group that the model's answer belongs to.
 */
export async function learnFrom(
  deps: LearnDependencies,
  scope: Scope,
  { similar, answer }: { similar: Similar | undefined; answer: CachedAnswer | undefined },
  options: CallOptions,
): Promise<string> {
  if (!similar) return newGroup();
  const { candidate, nearness, questions, counters, refused } = similar;
  const key = candidate && { scope, key: candidate.key };
  const isRight = key && answer && (await compare(deps, key, answer, options));
  const known = { nearness, questions, ...(isRight !== undefined && { isRight }) };
  const increments = { ...observe(counters, known, Math.random), ...countRefusals(refused, questions) };
  const learning = [deps.answers.learn(scope, increments, options)];
  if (key && isRight !== undefined) learning.push(deps.answers.judge(key, isRight, options));
  await Promise.all(learning);
  return candidate && isRight ? candidate.group : newGroup();
}

/** Whether the cached answer says the same as the model's; undefined if it is gone. */
async function compare(
  { answers, embeddings }: LearnDependencies,
  key: AnswerKey,
  answer: CachedAnswer,
  options: CallOptions,
): Promise<boolean | undefined> {
  const cached = await answers.get(key, options);
  if (!cached) return undefined;
  const [a, b] = [toCompared(answer), toCompared(cached)];
  const verdict = sameAnswer(a, b);
  if (verdict !== 'undecided') return verdict;
  const [one, other] = await embeddings.embed([a.text, b.text], options);
  return one && other ? sameAnswer(a, b, dot(one, other)) === true : undefined;
}

function toCompared({ text, sources, citations }: CachedAnswer): ComparedAnswer {
  const cited = sources.filter(({ n }) => citations.includes(n));
  return { text, citations: cited.map(({ document, chunk }) => `${document} ${chunk}`) };
}

/** The cosine of unit vectors. */
function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}
