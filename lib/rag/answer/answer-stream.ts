import { createCitationChecker } from './citations.ts';
import { estimateTokens } from '../retrieve/context.ts';
import { RagError } from '../errors.ts';
import type { ChatPart } from '../ports/models.ts';
import { declineSentinel, declineText } from './prompt.ts';
import type { FinishReason, Usage } from '../types.ts';

/** Characters of a token on the average at most, in any language that models write. */
const longestTokens = 7;

/** How a generated answer ended. */
export interface AnswerEnd {
  finishReason: FinishReason;
  citations: number[];
}

/**
 * Turns the model's parts into text to show, and returns how the answer ended. The start is held back while it may still
 * become the decline sentinel; citation markers are checked. `onUsage` hears of the completion's estimated tokens while
 * it comes and of the model's own figures at the end. Throws RagError `answer_cut` for a stream that ended without a
 * finish reason and `model_rejected` for one that was filtered.
 */
export async function* readAnswer(
  parts: AsyncIterable<ChatPart> | Iterable<ChatPart>,
  { sourceCount, onUsage }: { sourceCount: number; onUsage: (usage: Partial<Usage>) => void },
): AsyncGenerator<string, AnswerEnd> {
  const checker = createCitationChecker(sourceCount);
  let opening: string | undefined = '';
  let pieces = 0;
  let length = 0;
  for await (const part of parts) {
    if (part.type === 'finish') {
      onUsage(part.usage);
      if (part.reason === 'filtered') throw filtered();
      if (opening?.trim().startsWith(declineSentinel)) {
        yield declineText;
        return { finishReason: 'declined', citations: [] };
      }
      const rest = checker.push(opening ?? '') + checker.flush();
      if (rest !== '') yield rest;
      return { finishReason: part.reason, citations: checker.cited() };
    }
    pieces += 1;
    length += part.text.length;
    onUsage({ completionTokens: tokensOf({ pieces, length }) });
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

/**
 * Tokens of a text that came in so many pieces. Most servers send a piece for each token, which is exact; where the pieces
 * are longer than tokens are, by its length.
 */
function tokensOf({ pieces, length }: { pieces: number; length: number }): number {
  return length <= longestTokens * pieces ? pieces : estimateTokens(length);
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
