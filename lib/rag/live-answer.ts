import { randomBytes } from 'node:crypto';
import { readAnswer, type AnswerEnd } from './answer-stream.ts';
import { estimateTokens } from './context.ts';
import type { Prepared } from './prepare.ts';
import { declineText } from './prompt.ts';
import type { Run } from './run.ts';
import type { AskEvent } from './types.ts';

/** An answer that streamed to its end, with what is needed to keep it. */
export interface LiveAnswer extends AnswerEnd {
  text: string;
}

/** Streams the sources and the model's answer, checked; without a model call, that nothing was found. */
export async function* streamLive(run: Run, prepared: Prepared): AsyncGenerator<AskEvent, LiveAnswer> {
  yield { type: 'sources', id: createAnswerId(), cached: false, sources: prepared.sources };
  const texts = prepared.stream ? readAnswer(prepared.stream.parts, limits(prepared)) : nothingFound();
  const startMs = run.timeline.elapsedMs();
  let text = '';
  for (;;) {
    const next = await texts.next();
    // A stream that is aborted can end like one that is whole.
    run.signal.throwIfAborted();
    if (next.done) {
      run.timeline.span('generate', startMs);
      return { ...next.value, text };
    }
    run.timeline.firstToken();
    text += next.value;
    yield { type: 'delta', text: next.value };
  }
}

/** 128 random bits, hexadecimal. */
export function createAnswerId(): string {
  return randomBytes(16).toString('hex');
}

function limits(prepared: Prepared): { sourceCount: number; promptTokens: number } {
  return {
    sourceCount: prepared.sources.length,
    promptTokens: estimateTokens(prepared.promptCharacters),
  };
}

// eslint-disable-next-line typescript/require-await -- it stands where a model's stream otherwise does
async function* nothingFound(): AsyncGenerator<string, AnswerEnd> {
  yield declineText;
  return { finishReason: 'declined', citations: [], usage: { promptTokens: 0, completionTokens: 0 } };
}
