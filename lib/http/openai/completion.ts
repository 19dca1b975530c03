import type { Usage } from '../../rag/types.ts';
import type { Part } from './parts.ts';

/** A whole answer as OpenAI's chat completion, with its sources in a field of our own. */
export async function toCompletion(
  parts: AsyncIterable<Part>,
  model: string,
): Promise<Record<string, unknown>> {
  let content = '';
  let completion: Record<string, unknown> = {};
  for await (const part of parts) {
    if (part.type === 'begin') {
      completion = { ...head(part.id, 'chat.completion', model), sources: part.sources };
    } else if (part.type === 'text') {
      content += part.text;
    } else {
      const { annotations, finishReason, usage } = part;
      const message = { role: 'assistant', content, refusal: null, annotations };
      const choice = { index: 0, message, logprobs: null, finish_reason: finishReason };
      Object.assign(completion, { choices: [choice], usage: toUsage(usage) });
    }
  }
  return completion;
}

/** What every completion and every chunk of one begins with. */
export function head(id: string, object: 'chat.completion' | 'chat.completion.chunk', model: string) {
  return { id, object, created: Math.floor(Date.now() / 1_000), model };
}

/** Tokens as OpenAI counts them out. */
export function toUsage({ promptTokens, completionTokens }: Usage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
