import type { ChatMessage } from '../ports/models.ts';
import { textTokens } from '../retrieve/context.ts';
import type { Usage } from '../types.ts';

/** What a call that was not made has used. */
export const noUsage: Usage = { promptTokens: 0, completionTokens: 0 };

/** What two calls have used together; a call that was not made has used nothing. */
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage {
  return {
    promptTokens: (a?.promptTokens ?? 0) + (b?.promptTokens ?? 0),
    completionTokens: (a?.completionTokens ?? 0) + (b?.completionTokens ?? 0),
  };
}

/** Tokens that a prompt takes, estimated: what a model says itself comes with the end of its answer. */
export function promptTokensOf(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + textTokens(content), 0);
}
