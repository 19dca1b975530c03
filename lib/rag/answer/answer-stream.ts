import { createCitationChecker } from './citations.ts';
import { RagError } from '../errors.ts';
import type { ChatPart } from '../ports/models.ts';
import { declineSentinel, declineText } from './prompt.ts';
import type { FinishReason } from '../types.ts';

/** How a generated answer ended. */
export interface AnswerEnd {
  finishReason: FinishReason;
  citations: number[];
}

/**
 * Turns the model's parts into text to show, and returns how the answer ended. The start is held back while it may still
 * become the decline sentinel; citation markers are checked. Throws RagError `answer_cut` for a stream that ended without a
 * finish reason and `model_rejected` for one that was filtered.
 */
export async function* readAnswer(
  parts: AsyncIterable<ChatPart> | Iterable<ChatPart>,
  sourceCount: number,
): AsyncGenerator<string, AnswerEnd> {
  const checker = createCitationChecker(sourceCount);
  let opening: string | undefined = '';
  for await (const part of parts) {
    if (part.type === 'finish') {
      if (part.reason === 'filtered') throw filtered();
      if (opening?.trim().startsWith(declineSentinel)) {
        yield declineText;
        return { finishReason: 'declined', citations: [] };
      }
      const rest = checker.push(opening ?? '') + checker.flush();
      if (rest !== '') yield rest;
      return { finishReason: part.reason, citations: checker.cited() };
    }
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
  throw cut();
}

function mayDecline(opening: string): boolean {
  const start = opening.trimStart();
  return start.startsWith(declineSentinel) || declineSentinel.startsWith(start);
}

function cut(): RagError {
  return new RagError('answer_cut', 'The model stopped in the middle of its answer. Ask again.');
}

function filtered(): RagError {
  return new RagError('model_rejected', "The model's content filter stopped the answer.", {
    details: { reason: 'content_filter' },
  });
}
