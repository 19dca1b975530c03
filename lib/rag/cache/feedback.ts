import { RagError } from '../errors.ts';
import type { AnswerStore, ServedAnswer, ServedAnswers } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import { observe } from './thresholds-counts.ts';

/** What a person says of an answer. */
export interface Verdict {
  isRight: boolean;
  note?: string;
}

/**
 * Takes what a person says of an answer: the cache learns from it, once. Throws RagError `not_found` where the tenant was
 * given no such answer in the last day, or only in collections that the caller may not see (`collections`, all if absent).
 */
export type TakeFeedback = (
  answer: { tenant: string; id: string; collections?: readonly string[] | undefined },
  verdict: Verdict,
  options: CallOptions,
) => Promise<void>;

/** Creates the use case over its ports. */
export function createFeedback({
  answers,
  served,
}: {
  answers: AnswerStore;
  served: ServedAnswers;
}): TakeFeedback {
  return async (answer, verdict, options) => {
    const given = await served.get(answer, options);
    const collection = given?.key.scope.split('/')[1] ?? '';
    if (!given || answer.collections?.includes(collection) === false) throw noSuchAnswer();
    if (given.isRight !== undefined) return;
    const { key, cached, createdAt } = given;
    // An answer to the very question that is not right must not be given to the next one who asks it. It is noted only then:
    // who is told of a failure tries again, and removing twice does no harm.
    const isRemoved = cached !== 'similar' && !verdict.isRight;
    if (isRemoved) await answers.remove(key, createdAt, options);
    const isNews = await served.judge(answer, verdict, options);
    if (isNews && !isRemoved) await learn(answers, given, verdict.isRight, options);
  };
}

/** That the tenant was given no answer of that id. */
export function noSuchAnswer(): RagError {
  const message =
    'There is no such answer: ids are known for a day, and not of answers asked for with cache "off".';
  return new RagError('not_found', message);
}

async function learn(
  answers: AnswerStore,
  { key, nearness }: ServedAnswer,
  isRight: boolean,
  options: CallOptions,
): Promise<void> {
  const learning = [answers.judge(key, isRight, options)];
  if (nearness) {
    const { state } = await answers.find(key, options);
    const observation = { nearness, questions: 0, isRight };
    learning.push(answers.learn(key.scope, observe(state.counters, observation, Math.random), options));
  }
  await Promise.all(learning);
}
