import { delay } from '../../async/delay.ts';
import type { AnswerLog, AnswerLogKey, LoggedAnswer } from '../ports/answer-log.ts';
import type { CallOptions } from '../ports/call.ts';
import type { RunningAnswers } from './running-answers.ts';

/** A caller may know an id some milliseconds before its log is begun, which no stream waits for. */
const secondLookMs = 500;

/** An answer that streams or has streamed within the hour; undefined if the tenant has none of that id. */
export type FindAnswer = (key: AnswerLogKey, options: CallOptions) => Promise<LoggedAnswer | undefined>;

/** Creates the use case over this process's own answers and everybody's logs. */
export function createFindAnswer(log: AnswerLog, running: RunningAnswers): FindAnswer {
  return async (key, options) => {
    const found = running.find(key) ?? (await log.find(key, options));
    if (found) return found;
    await delay(secondLookMs, options);
    return log.find(key, options);
  };
}
