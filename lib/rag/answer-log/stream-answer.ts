import type { AfterResponse } from '../../async/after-response.ts';
import type { Ask, AskOptions } from '../ask/ask.ts';
import { RagError } from '../errors.ts';
import type { AnswerLog, ErrorEvent, NumberedEvent, StreamEvent } from '../ports/answer-log.ts';
import type { Question } from '../types.ts';
import { startLogWriter } from './log-writer.ts';
import type { RunningAnswers } from './running-answers.ts';
import { isEnd } from './stream-events.ts';

/** As for asking, and how a failure is told in the stream. */
export interface StreamOptions extends Omit<AskOptions, 'stop'> {
  toErrorEvent: (error: unknown) => ErrorEvent;
}

/**
 * An answer as a stream whose events are numbered from 1; the numbers are those of its log, too. A failure before the first
 * event is thrown, a later one is the last event; the caller's own abort is thrown whenever it comes.
 */
export type StreamAnswer = (
  question: Question,
  options: StreamOptions,
) => AsyncGenerator<NumberedEvent, void>;

/** Where streams are logged, and how they are stopped. */
export interface Recording {
  log: AnswerLog;
  running: RunningAnswers;
  onError: (error: unknown) => void;
}

/** Creates the use case; with `recording`, every stream is logged from its first event on and can be stopped. */
export function createStreamAnswer(ask: Ask, recording: Recording | undefined): StreamAnswer {
  return async function* stream(question, { toErrorEvent, ...options }) {
    const stop = new AbortController();
    let last: NumberedEvent | undefined;
    let record: Record | undefined;
    const number = (event: StreamEvent) => {
      last = { id: (last?.id ?? 0) + 1, event };
      record?.take(last);
      return last;
    };
    try {
      for await (const event of ask(question, { ...options, stop: stop.signal })) {
        if (event.type === 'sources' && recording) record = startRecord(recording, question, event.id, stop);
        yield number(event);
      }
    } catch (error) {
      if (!last || options.signal.aborted) throw error;
      yield number(toErrorEvent(error));
    } finally {
      if (last && !isEnd(last.event)) number(toErrorEvent(brokenOff()));
      record?.end(options.afterResponse);
    }
  };
}

/** What is kept of one stream while it runs. */
interface Record {
  take(numbered: NumberedEvent): void;
  end(afterResponse: AfterResponse): void;
}

function startRecord(
  { log, running, onError }: Recording,
  { scope }: Question,
  id: string,
  stop: AbortController,
): Record {
  const [tenant = '', collection = ''] = scope.split('/');
  const key = { tenant, id };
  const writer = startLogWriter(log, key, { collection, maker: running.maker }, onError);
  const remove = running.add(key, collection, () =>
    stop.abort(new DOMException('The answer was stopped.', 'AbortError')),
  );
  return {
    take: (numbered) => writer.take(numbered),
    end: (afterResponse) => {
      afterResponse.track(remove());
      afterResponse.add((signal) => writer.end(signal));
    },
  };
}

/** What readers of the log are told of an answer whose caller's own stream ended before it did. */
function brokenOff(): RagError {
  return new RagError('answer_cut', 'The answer was broken off. Ask again.');
}
