import { countTokens } from '../answer/token-count.ts';
import { addUsage, promptTokensOf } from '../answer/usage.ts';
import { RagError } from '../errors.ts';
import type { ChatModel, ChatPart } from '../ports/models.ts';
import type { Usage } from '../types.ts';
import { maxAnswerTokens } from './reserve.ts';
import type { Run } from './run.ts';

/**
 * The model, with every call that it accepts booked to the run, whatever becomes of it, and none made that may take more
 * than what the calls before it have left of `limitTokens`. An answer that goes on past its own limit is ended there, upstream
 * too. `open` throws RagError `conflict` where nothing is left for it.
 */
export function meterChat(chat: ChatModel, run: Pick<Run, 'usage' | 'book'>, limitTokens: number): ChatModel {
  return {
    model: chat.model,
    open: async (messages, { signal: parent }) => {
      const own: Usage = { promptTokens: promptTokensOf(messages), completionTokens: 0 };
      const { promptTokens, completionTokens } = run.usage;
      const left = limitTokens - promptTokens - completionTokens - maxAnswerTokens;
      const maxPrompts = Math.floor(left / own.promptTokens);
      if (maxPrompts < 1) throw usedUp();
      const ended = new AbortController();
      const signal = AbortSignal.any([parent, ended.signal]);
      const stream = await chat.open(messages, { signal, maxTokens: maxAnswerTokens, maxPrompts });
      run.book(() => addUsage(own, stream.spent));
      return {
        get servedBy() {
          return stream.servedBy;
        },
        get isStandIn() {
          return stream.isStandIn;
        },
        parts: meter(stream.parts, own, () => ended.abort(new DOMException('It is too long.', 'AbortError'))),
      };
    },
  };
}

/** The parts, with what they use in `own`: estimated while they come, the model's own figures at the end. */
async function* meter(
  parts: AsyncIterable<ChatPart>,
  own: Usage,
  end: () => void,
): AsyncGenerator<ChatPart, void> {
  const count = countTokens();
  let isTooLong = false;
  for await (const part of parts) {
    if (part.type === 'finish') Object.assign(own, part.usage);
    else {
      const counted = count(part.text);
      isTooLong = counted > maxAnswerTokens;
      own.completionTokens = Math.min(counted, maxAnswerTokens);
    }
    if (isTooLong) {
      end();
      break;
    }
    yield part;
  }
  if (isTooLong) yield { type: 'finish', reason: 'length', usage: own };
}

function usedUp(): RagError {
  return new RagError(
    'conflict',
    'What was reserved for the answer was used up before it began: sources kept changing, or the model took too much. Ask again.',
  );
}
