import { readAnswer, type AnswerEnd } from './answer-stream.ts';
import { estimateTokens } from '../retrieve/context.ts';
import type { ChatPart } from '../ports/models.ts';
import type { Prepared } from '../ask/prepare.ts';
import { declineSentinel } from './prompt.ts';
import { addUsage } from './usage.ts';
import type { Run } from '../ask/run.ts';
import type { DeltaEvent, Usage } from '../types.ts';

/** What a model would say where there is no source to give it. */
const nothingFound: readonly ChatPart[] = [
  { type: 'text', text: declineSentinel },
  { type: 'finish', reason: 'stop', usage: { promptTokens: 0, completionTokens: 0 } },
];

/** An answer that streamed to its end, with what is needed to keep it. */
export interface LiveAnswer extends AnswerEnd {
  text: string;
}

/** Streams the model's answer, checked; without a model call, that nothing was found. */
export async function* streamLive(run: Run, prepared: Prepared): AsyncGenerator<DeltaEvent, LiveAnswer> {
  const { stream, sources, promptCharacters } = prepared;
  const before = run.usage;
  const own: Usage = { promptTokens: estimateTokens(promptCharacters), completionTokens: 0 };
  const onUsage = (usage: Partial<Usage>) => {
    Object.assign(own, usage);
    run.usage = addUsage(addUsage(before, stream?.spent), own);
  };
  onUsage(own);
  const texts = readAnswer(stream?.parts ?? nothingFound, { sourceCount: sources.length, onUsage });
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
      // Others may have been asked since the last of it was heard.
      onUsage({});
    }
  }
}
