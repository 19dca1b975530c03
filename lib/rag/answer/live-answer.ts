import { readAnswer, type AnswerEnd } from './answer-stream.ts';
import type { ChatPart } from '../ports/models.ts';
import type { Prepared } from '../ask/prepare.ts';
import { declineSentinel } from './prompt.ts';
import { noUsage } from './usage.ts';
import type { Run } from '../ask/run.ts';
import type { DeltaEvent } from '../types.ts';

/** What a model would say where there is no source to give it. */
const nothingFound: readonly ChatPart[] = [
  { type: 'text', text: declineSentinel },
  { type: 'finish', reason: 'stop', usage: noUsage },
];

/** An answer that streamed to its end, with what is needed to keep it. */
export interface LiveAnswer extends AnswerEnd {
  text: string;
}

/** Streams the model's answer, checked; without a model call, that nothing was found. */
export async function* streamLive(run: Run, prepared: Prepared): AsyncGenerator<DeltaEvent, LiveAnswer> {
  const { stream, sources } = prepared;
  const texts = readAnswer(stream?.parts ?? nothingFound, sources.length);
  const startMs = run.timeline.elapsedMs();
  let text = '';
  let isWhole = false;
  try {
    for (;;) {
      const next = await texts.next();
      // A stream that is aborted can end like one that is whole.
      run.signal.throwIfAborted();
      isWhole = next.done ?? false;
      if (next.done) return { ...next.value, text };
      run.timeline.firstToken();
      text += next.value;
      yield { type: 'delta', text: next.value };
    }
  } finally {
    run.timeline.span('generate', startMs);
    if (!isWhole) {
      // The call upstream ends now, not when it next sends something; then the stream's own clean-up is waited for.
      run.end();
      await texts.return({ finishReason: 'stop', citations: [] });
    }
  }
}
