import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { estimateTokens } from './embeddings.ts';

/** The one chat model. It extracts and does not write, and its name says so. */
export const chatModel = 'raglan-extractive';

const content = z.union([
  z.string(),
  z
    .array(z.object({ type: z.literal('text'), text: z.string() }))
    .transform((parts) => parts.map((part) => part.text).join('')),
]);

/** Body of `POST /v1/chat/completions`; fields that make no difference here are let through. */
export const chatSchema = z.object({
  model: z.string(),
  messages: z
    .array(z.object({ role: z.enum(['system', 'developer', 'user', 'assistant']), content }))
    .min(1, 'must hold at least one message'),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  n: z.literal(1, 'must be 1: this model has one answer').nullish(),
});

export type ChatRequest = z.infer<typeof chatSchema>;

interface Completion {
  /** A word with the space before it is a token of this model. */
  words: string[];
  finishReason: 'stop' | 'length';
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  common: { id: string; created: number; model: string };
}

/** One answer, cut at the caller's limit of tokens. */
export function toCompletion(request: ChatRequest, answer: string): Completion {
  const all = answer.match(/\s*\S+/g) ?? [];
  const words = all.slice(0, request.max_completion_tokens ?? request.max_tokens ?? all.length);
  const prompt = request.messages.reduce((sum, message) => sum + estimateTokens(message.content), 0);
  return {
    words,
    finishReason: words.length < all.length ? 'length' : 'stop',
    usage: {
      prompt_tokens: prompt,
      completion_tokens: words.length,
      total_tokens: prompt + words.length,
    },
    common: { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: chatModel },
  };
}

/** The whole answer: https://platform.openai.com/docs/api-reference/chat/object */
export function toWhole({ words, finishReason, usage, common }: Completion): unknown {
  const message = { role: 'assistant', content: words.join(''), refusal: null };
  const choices = [{ index: 0, message, finish_reason: finishReason, logprobs: null }];
  return { ...common, object: 'chat.completion', choices, usage };
}

/**
 * The answer in pieces: the role, the words, the finish reason, and the usage if it was asked for.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function* toChunks(
  { words, finishReason, usage, common }: Completion,
  includeUsage: boolean,
): Generator {
  const chunk = (delta: object, reason: string | null): object => ({
    ...common,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: reason, logprobs: null }],
    ...(includeUsage && { usage: null }),
  });
  yield chunk({ role: 'assistant', content: '' }, null);
  for (const word of words) yield chunk({ content: word }, null);
  yield chunk({}, finishReason);
  if (includeUsage) yield { ...common, object: 'chat.completion.chunk', choices: [], usage };
}
