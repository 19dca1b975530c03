import type { StreamAnswer } from '../../rag/answer-log/stream-answer.ts';
import type { AskOptions } from '../../rag/ask/ask.ts';
import type { AskEvent, Question } from '../../rag/types.ts';
import { errorEvent } from '../sse.ts';

/**
 * An answer that is logged and can be stopped as every streamed one, but whose failure is thrown: the log has it in our own
 * form, and this stream is to tell it in another.
 */
export function throwingStream(streamAnswer: StreamAnswer, requestId: string) {
  return async function* ask(question: Question, options: AskOptions): AsyncGenerator<AskEvent, void> {
    let failure: unknown;
    const toErrorEvent = (error: unknown) => {
      failure = error;
      return errorEvent(error, requestId);
    };
    for await (const { event } of streamAnswer(question, { ...options, toErrorEvent })) {
      if (event.type === 'error') throw failure;
      yield event;
    }
  };
}
