import type { AnswerEnd } from '../answer/answer-stream.ts';
import type { Prepared } from '../ask/prepare.ts';
import type { AnswerEntry } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { CachedAnswer, Question, StepName } from '../types.ts';
import { answerKey, answerShape } from './answer-key.ts';
import { learnFrom, type LearnDependencies } from './learn.ts';
import type { CacheDependencies, Findings } from './lookup.ts';

/** How long an answer is kept. What it rests on is checked at every hit; this bounds what new documents miss. */
const keptSeconds = 24 * 60 * 60;

/** How long it is kept that there is none: the next document may hold it. */
const declineSeconds = 60;

/**
 * How long an answer of another than the preferred provider is kept: while that one is down the cache helps most, and soon
 * after it is back its own answers are the ones to serve.
 */
const standInSeconds = 10 * 60;

/** The ports of what is done for the cache after an answer. */
export interface SettleDependencies extends CacheDependencies, LearnDependencies {
  telemetry: Telemetry;
}

/** An answer that the model has given to its end. */
export interface MadeAnswer {
  live: AnswerEnd & { text: string };
  prepared: Pick<Prepared, 'sources' | 'versions' | 'filtered'>;
  servedBy: string;
  /** Whether another than the preferred provider served. */
  isStandIn: boolean;
  /** When the question began, ISO 8601. */
  startedAt: string;
  /** The question's. */
  vector: Promise<Float32Array>;
  /** Steps that it had to go without. */
  degraded: ReadonlySet<StepName>;
}

/** What is there to be kept of a question that has ended. */
interface Kept {
  findings: Findings;
  made: MadeAnswer | undefined;
  answer: CachedAnswer | undefined;
  groups: Promise<readonly string[]>;
}

/**
 * What is left to do for the cache when a question has ended: learn from the answer, keep it, and let go of its lease for
 * those who wait. Without an answer only the last.
 */
export async function settleCache(
  deps: SettleDependencies,
  question: Question,
  { findings, made }: { findings: Findings; made: MadeAnswer | undefined },
  options: CallOptions,
): Promise<void> {
  const answer = made && toCachedAnswer(made);
  const { groups, learnt } = learnFrom(deps, question.scope, { similar: findings.similar, answer }, options);
  // The answer does not wait for it: the counters of a scope are one item, the first to be asked too much of.
  const learning = learnt.catch((error: unknown) => deps.telemetry.failed('learning', error));
  const clearing = clearOutdated(deps, question, findings, options);
  try {
    await keep(deps, question, { findings, made, answer, groups }, options);
  } finally {
    await Promise.all([learning, clearing]);
  }
}

/** Takes out an answer that is out of date: it would go on voting, and stand before those that are not. */
async function clearOutdated(
  { answers, models, telemetry }: SettleDependencies,
  question: Question,
  { similar }: Findings,
  options: CallOptions,
): Promise<void> {
  const outdated = similar?.outdated;
  // The question's own is replaced by its new answer.
  if (!outdated || outdated.key === answerKey(question, models)) return;
  const { key, createdAt } = outdated;
  const removing = answers.remove({ scope: question.scope, key }, createdAt, options);
  await removing.catch((error: unknown) => telemetry.failed('clearing', error));
}

async function keep(
  deps: SettleDependencies,
  question: Question,
  { findings, made, answer, groups }: Kept,
  options: CallOptions,
): Promise<void> {
  const key = { scope: question.scope, key: answerKey(question, deps.models) };
  try {
    if (!made || !answer) return;
    const entry = await toEntry(deps, question, { made, answer, groups: await groups });
    await deps.answers.put(key, entry, options);
  } finally {
    const { holder } = findings;
    // Whoever waits for an answer that is not worth keeping waits in vain; one that failed may come to another.
    const isAbandoned = made !== undefined && answer === undefined;
    if (holder !== undefined) await deps.leases.release(key, holder, !isAbandoned, options);
  }
}

/** Steps without which an answer may be poorer than the next one to the same question. */
const improving: readonly StepName[] = ['condense', 'keyword', 'rerank'];

/** The answer as it is kept, or undefined where it is not worth keeping: cut short, citing nothing, or made of less. */
export function toCachedAnswer({
  live,
  prepared,
  servedBy,
  startedAt,
  degraded,
}: MadeAnswer): CachedAnswer | undefined {
  const { text, finishReason, citations } = live;
  if (improving.some((step) => degraded.has(step))) return undefined;
  if (finishReason === 'length' || finishReason === 'stopped') return undefined;
  if (finishReason === 'stop' && citations.length === 0) return undefined;
  const { sources, versions, filtered } = prepared;
  return {
    ...{ text, finishReason, sources, citations, servedBy, createdAt: startedAt, versions },
    ...(filtered && { filtered }),
  };
}

async function toEntry(
  { models }: SettleDependencies,
  question: Question,
  { made, answer, groups }: { made: MadeAnswer; answer: CachedAnswer; groups: readonly string[] },
): Promise<AnswerEntry> {
  const entry = { answer, question: question.text, shape: answerShape(question, models), groups };
  // That there is no answer to a question tells nothing of another question.
  if (answer.finishReason === 'declined') return { ...entry, keptSeconds: declineSeconds };
  return { ...entry, vector: await made.vector, keptSeconds: made.isStandIn ? standInSeconds : keptSeconds };
}
