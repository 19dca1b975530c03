import type OpenAI from 'openai';
import { APIConnectionError, APIError } from 'openai';
import type { RetryPolicy } from '../async/retry.ts';
import { countTokens } from '../rag/answer/token-count.ts';
import { promptTokensOf } from '../rag/answer/usage.ts';
import type { ChatMessage, ChatModel, ChatPart } from '../rag/ports/models.ts';
import type { Usage } from '../rag/types.ts';
import { callModel } from './client.ts';
import { toModelError } from './errors.ts';

type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;
type Finish = Extract<ChatPart, { type: 'finish' }>;

/** What differs from server to server. */
export interface ChatOptions {
  /** Whether usage is asked for, by `stream_options`; some servers refuse that. It is estimated where none comes. */
  includeUsage?: boolean;
  /** The field that says how long an answer may be. OpenAI's newer models know one name, some other servers only the older. */
  limitBy?: 'max_completion_tokens' | 'max_tokens' | 'none';
  /** How often a call that fails is made. */
  retries?: RetryPolicy;
}

/** A chat model behind any OpenAI-compatible `/chat/completions`. */
export function createChat(
  client: OpenAI,
  model: string,
  { includeUsage = true, limitBy = 'max_completion_tokens', retries }: ChatOptions = {},
): ChatModel {
  const how = {
    model,
    stream: true,
    ...(includeUsage && { stream_options: { include_usage: true } }),
  } as const;
  return {
    model,
    open: async (messages, { signal, maxTokens }) => {
      const limit = maxTokens !== undefined && limitBy !== 'none' && { [limitBy]: maxTokens };
      const body = { ...how, ...limit, messages: messages.map(toSent) };
      const create = () => client.chat.completions.create(body, { signal });
      const stream = await callModel(signal, create, retries);
      return { servedBy: model, parts: readParts(stream, promptTokensOf(messages), signal) };
    },
  };
}

/** Half a surrogate pair, as a cut may leave it, is no text to most servers: they refuse the whole request as no JSON. */
function toSent({ role, content }: ChatMessage): ChatMessage {
  return { role, content: content.toWellFormed() };
}

/**
 * The stream's text and, only if upstream told how the answer ended, its finish; usage comes in a chunk after that. It is given
 * the prompt's estimate and not the prompt, which a stream would keep to its end.
 */
async function* readParts(
  stream: AsyncIterable<Chunk>,
  promptTokens: number,
  signal: AbortSignal,
): AsyncGenerator<ChatPart, void> {
  let reason: Finish['reason'] | undefined;
  let usage: Usage | undefined;
  const count = countTokens();
  let completionTokens = 0;
  try {
    for await (const chunk of stream) {
      // Some servers leave out, in the chunk with the usage, what OpenAI sends empty.
      const choice = chunk.choices?.[0];
      const text = choice?.delta?.content;
      if (text) {
        completionTokens = count(text);
        yield { type: 'text', text };
      }
      if (choice?.finish_reason) reason = toReason(choice.finish_reason);
      if (chunk.usage) usage = toUsage(chunk.usage);
    }
  } catch (error) {
    signal.throwIfAborted();
    // An error that upstream sent in the stream is told as it is. A broken connection is an end without a finish; after
    // one, the answer is whole all the same.
    if (error instanceof APIError && !(error instanceof APIConnectionError)) throw toModelError(error);
  }
  signal.throwIfAborted();
  // Where upstream does not say what it used, by an estimate.
  usage ??= { promptTokens, completionTokens };
  if (reason) yield { type: 'finish', reason, usage };
}

function toReason(reason: NonNullable<Chunk['choices'][number]['finish_reason']>): Finish['reason'] {
  if (reason === 'length') return 'length';
  return reason === 'content_filter' ? 'filtered' : 'stop';
}

function toUsage(usage: OpenAI.CompletionUsage): Usage {
  return { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
}
