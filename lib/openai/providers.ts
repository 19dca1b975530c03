import type { ChatModel } from '../rag/ports/models.ts';
import { createChat, type ChatOptions } from './chat.ts';
import { brisk, createOpenAi } from './client.ts';
import { createFallback, type OnFailure } from './fallback.ts';
import { createProvider, type ProviderLimits } from './provider.ts';

/** One of the servers that answer, in the order in which they are asked. */
export interface ProviderOptions extends ProviderLimits {
  /** What it is called in `servedBy`, before its model. */
  name: string;
  /** Where its API is, with its version path. */
  baseUrl: string;
  model: string;
  includeUsage: boolean;
  limitBy: NonNullable<ChatOptions['limitBy']>;
  /** Called before every request, so that a rotated key is picked up. */
  apiKey: () => Promise<string>;
}

/** A model over several servers, each within its limits: the next one answers where one does not begin to. */
export function createProviders(
  options: readonly [ProviderOptions, ...ProviderOptions[]],
  onFailure: OnFailure,
): ChatModel {
  const toProvider = ({
    name,
    baseUrl,
    model,
    apiKey,
    includeUsage,
    limitBy,
    ...limits
  }: ProviderOptions) => {
    const client = createOpenAi({ baseUrl, apiKey });
    const chat = createChat(client, model, { includeUsage, limitBy, retries: brisk });
    return createProvider(name, chat, limits);
  };
  const [first, ...others] = options;
  return createFallback([toProvider(first), ...others.map(toProvider)], onFailure);
}
