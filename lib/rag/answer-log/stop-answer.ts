import type { AnswerLog, AnswerLogKey, LoggedAnswer } from '../ports/answer-log.ts';
import type { CallOptions } from '../ports/call.ts';
import type { RunningAnswers } from './running-answers.ts';

/** Ends an answer for its caller: at once if this process makes it, else as soon as its maker asks. */
export type StopAnswer = (key: AnswerLogKey, answer: LoggedAnswer, options: CallOptions) => Promise<void>;

/** Creates the use case. An answer that is over stays as it is. */
export function createStopAnswer(log: AnswerLog, running: RunningAnswers): StopAnswer {
  return async (key, { maker }, options) => {
    if (running.stop(key) || maker === running.maker) return;
    await log.sendStop(maker, key, options);
  };
}
