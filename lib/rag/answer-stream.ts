import { createCitationChecker } from './citations.ts';
import { estimateTokens } from './context.ts';
import { RagError } from './errors.ts';
import type { ChatPart } from './ports.ts';
import { declineSentinel, declineText } from './prompt.ts';
import type { FinishReason, Usage } from './types.ts';

/** How a generated answer ended. */
export interface AnswerEnd {
  finishReason: FinishReason;
  citations: number[];
  usage: Usage;
}

/**
 * Turns the model's parts into text to show, and returns how the answer ended. The start is held back while it may still
 * become the decline sentinel; citation markers are checked. Throws RagError `answer_cut` for a stream that ended
 * without a finish reason and `model_rejected` for one that was filtered, each with the usage until then.
 */
export async function* readAnswer(
  parts: AsyncIterable<ChatPart>,
  { sourceCount, promptTokens }: { sourceCount: number; promptTokens: number },
): AsyncGenerator<string, AnswerEnd> {
  const checker = createCitationChecker(sourceCount);
  let opening: string | undefined = '';
  let length = 0;
  const usageSoFar = () => ({ promptTokens, completionTokens: estimateTokens(length) });
  try {
    for await (const part of parts) {
      if (part.type === 'finish') {
        if (part.reason === 'filtered') throw filtered(part.usage);
        const { usage } = part;
        if (opening?.trim().startsWith(declineSentinel)) {
          yield declineText;
          return { finishReason: 'declined', citations: [], usage };
        }
        const rest = checker.push(opening ?? '') + checker.flush();
        if (rest !== '') yield rest;
        return { finishReason: part.reason, citations: checker.cited(), usage };
      }
      length += part.text.length;
      let text = part.text;
      if (opening !== undefined) {
        opening += text;
        if (mayDecline(opening)) continue;
        text = opening;
        opening = undefined;
      }
      const shown = checker.push(text);
      if (shown !== '') yield shown;
    }
  } catch (error) {
    throw withUsage(error, usageSoFar());
  }
  throw cut(usageSoFar());
}

function mayDecline(opening: string): boolean {
  const start = opening.trimStart();
  return start.startsWith(declineSentinel) || declineSentinel.startsWith(start);
}

function cut(usage: Usage): RagError {
  return new RagError('answer_cut', 'The model stopped in the middle of its answer. Ask again.', { usage });
}

function filtered(usage: Usage): RagError {
  return new RagError('model_rejected', "The model's content filter stopped the answer.", { usage });
}

function withUsage(error: unknown, usage: Usage): unknown {
  if (!(error instanceof RagError) || error.usage) return error;
  return new RagError(error.code, error.message, { cause: error, usage, details: error.details });
}
