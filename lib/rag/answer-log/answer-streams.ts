import type { Ask } from '../ask/ask.ts';
import type { AnswerLog } from '../ports/answer-log.ts';
import { createFindAnswer, type FindAnswer } from './find-answer.ts';
import { createResumeAnswer, type ResumeAnswer } from './resume-answer.ts';
import { createRunningAnswers } from './running-answers.ts';
import { createStopAnswer, type StopAnswer } from './stop-answer.ts';
import { createStreamAnswer, type StreamAnswer } from './stream-answer.ts';

/** What can be done with answers that are logged. */
export interface LoggedAnswers {
  find: FindAnswer;
  stop: StopAnswer;
  resume: ResumeAnswer;
}

/** Answers that stream, and what can be done with them meanwhile and after. */
export interface AnswerStreams {
  streamAnswer: StreamAnswer;
  /** Absent where there is no log. */
  loggedAnswers?: LoggedAnswers;
}

/** The use cases of answers that stream, over one process's share of them. Failures of the log go to `onError`. */
export function createAnswerStreams(
  ask: Ask,
  log: AnswerLog | undefined,
  onError: (error: unknown) => void,
): AnswerStreams {
  if (!log) return { streamAnswer: createStreamAnswer(ask, undefined) };
  const running = createRunningAnswers(log, onError);
  return {
    streamAnswer: createStreamAnswer(ask, { log, running, onError }),
    loggedAnswers: {
      find: createFindAnswer(log, running),
      stop: createStopAnswer(log, running),
      resume: createResumeAnswer(log),
    },
  };
}
