import { contextTokens, textTokens } from '../retrieve/context.ts';
import type { Question } from '../types.ts';

/** Tokens of an answer at most, whoever pays for it: it is kept and given to others. */
export const maxAnswerTokens = 4_000;

/** Instructions, and the tags that sources and turns stand in. */
const frameTokens = 1_200;

/**
 * How often the prompt is reserved for: a model that accepted may fail before its first text, or a source change, and then
 * another call reads it again.
 */
const prompts = 2;

/** What rewriting a question with a history takes at most, scripts without spaces aside. */
const condenseTokens = 2_500;

/** Tokens to reserve before a question is answered. No call of the model is made that may take more than what is left of them. */
export function tokensToReserve({ text, history, instructions = '' }: Question): number {
  const asked = history.reduce(
    (sum, { content }) => sum + textTokens(content),
    textTokens(text + instructions),
  );
  const condensing = history.length === 0 ? 0 : condenseTokens + textTokens(text);
  return prompts * (frameTokens + contextTokens + asked) + condensing + maxAnswerTokens;
}
