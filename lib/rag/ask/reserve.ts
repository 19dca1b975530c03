import { contextTokens, textTokens } from '../retrieve/context.ts';
import type { Question } from '../types.ts';

/** Instructions, and the tags that sources and turns stand in. */
const frameTokens = 1_200;

/** What an answer takes but rarely more than: no model is told to stop there. */
const answerTokens = 2_000;

/** What rewriting a question with a history takes at most, scripts without spaces aside. */
const condenseTokens = 2_500;

/** Tokens to reserve before a question is answered: more than all but the longest answers use. */
export function tokensToReserve({ text, history, instructions = '' }: Question): number {
  const asked = history.reduce(
    (sum, { content }) => sum + textTokens(content),
    textTokens(text + instructions),
  );
  const condensing = history.length === 0 ? 0 : condenseTokens + textTokens(text);
  return frameTokens + contextTokens + asked + condensing + answerTokens;
}
