import * as z from 'zod';
import { RagError } from '../../rag/errors.ts';
import type { Question, Turn } from '../../rag/types.ts';

const maxQuestionCharacters = 4_000;
const maxInstructionsCharacters = 8_000;
/** Clients send the whole conversation each time, however long it has become: its end is what a question refers to. */
const maxTurns = 20;
const maxTurnCharacters = 8_000;

const part = z
  .looseObject({ type: z.string(), text: z.string().optional() })
  .superRefine(({ type, text }, context) => {
    if (type !== 'text') {
      context.addIssue({ code: 'custom', message: `'${type}' parts are not supported, only text` });
    } else if (text === undefined) {
      context.addIssue({ code: 'custom', message: 'must have a text', path: ['text'] });
    }
  });

const unsupported = { error: 'is not supported' };

/** One message of `POST /v1/chat/completions`; what clients send back of our own answers is no harm in it. */
export const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant'], {
    error: ({ input }) =>
      typeof input === 'string' ? `'${input.slice(0, 40)}' messages are not supported` : 'must be a text',
  }),
  content: z
    .union([z.string(), z.array(part)], { error: 'must be a text or a list of parts that are text' })
    .nullish(),
  tool_calls: z.array(z.unknown()).max(0, unsupported).nullish(),
  function_call: z.null(unsupported).optional(),
  audio: z.null(unsupported).optional(),
});

type Message = z.infer<typeof message>;

/**
 * A conversation as a question: the last message is the question, those of user and assistant before it the history, those
 * of system and developer, wherever they stand, the instructions. Of the history the last 20 messages are kept, and of each
 * the first 8,000 characters. Throws RagError `invalid_request`.
 */
export function toConversation(
  messages: readonly Message[],
): Pick<Question, 'text' | 'history' | 'instructions'> {
  const spoken: Turn[] = [];
  const instructions: string[] = [];
  for (const { role, content } of messages) {
    const text = textOf(content).trim();
    if (role === 'user' || role === 'assistant') spoken.push({ role, content: text });
    else if (text !== '') instructions.push(text);
  }
  const last = spoken.pop();
  return {
    text: toQuestionText(last),
    history: spoken
      .filter(({ content }) => content !== '')
      .slice(-maxTurns)
      .map(({ role, content }) => ({ role, content: content.slice(0, maxTurnCharacters).toWellFormed() })),
    ...(instructions.length > 0 && { instructions: toInstructions(instructions) }),
  };
}

function toQuestionText(last: Turn | undefined): string {
  if (last?.role !== 'user') throw invalid("the last one must be the user's: it is the question");
  if (last.content === '') throw invalid('the last one must not be empty: it is the question');
  if (last.content.length > maxQuestionCharacters) {
    throw invalid('the last one must be at most 4,000 characters: it is the question');
  }
  return last.content;
}

function toInstructions(texts: readonly string[]): string {
  const text = texts.join('\n\n');
  if (text.length <= maxInstructionsCharacters) return text;
  throw invalid('those of system and developer must be at most 8,000 characters together');
}

function textOf(content: Message['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text = '' }) => text).join('');
}

function invalid(problem: string): RagError {
  return new RagError('invalid_request', `messages: ${problem}.`, { details: { param: 'messages' } });
}
