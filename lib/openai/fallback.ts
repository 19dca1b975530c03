import type { ChatMessage, ChatModel, ChatPart, OpenOptions } from '../rag/ports/models.ts';
import { RagError } from '../rag/errors.ts';
import { addUsage, promptTokensOf } from '../rag/answer/usage.ts';
import type { Usage } from '../rag/types.ts';
import { isOfRequest } from './errors.ts';
import type { Attempt, Provider } from './provider.ts';

/** Hears which provider was given up on, and why. */
export type OnFailure = (provider: string, error: unknown) => void;

/**
 * Several providers as one model, asked in order until one begins to answer: the first text decides, and a failure after it
 * is the answer's. What no provider would take, such as an invalid request, is asked of one only. A provider that failed
 * several times in a row is asked last for a while. Where all fail, or as many as may have accepted, the failure is the first
 * that may be over soon.
 */
export function createFallback(
  providers: readonly [Provider, ...Provider[]],
  onFailure: OnFailure,
): ChatModel {
  const [preferred] = providers;
  return {
    model: preferred.model,
    open: async (messages, options) => {
      const asking = startAsking(providers, messages, options, onFailure);
      let current = await asking.next();
      let spent: Usage | undefined;
      async function* read(): AsyncGenerator<ChatPart, void> {
        let first: IteratorResult<ChatPart, void> | undefined;
        while (!first) {
          try {
            first = await current.parts.next();
          } catch (error) {
            current = await asking.instead(current, error);
            // It had accepted, so it has read the prompt; what it says of that comes at an end that it did not reach.
            spent = addUsage(spent, { promptTokens: promptTokensOf(messages), completionTokens: 0 });
          }
        }
        try {
          if (!first.done) yield first.value;
          yield* current.parts;
        } finally {
          await current.parts.return();
        }
      }
      return {
        get servedBy() {
          return current.servedBy;
        },
        get isStandIn() {
          return current.provider !== preferred;
        },
        get spent() {
          return spent;
        },
        parts: read(),
      };
    },
  };
}

interface Asked extends Attempt {
  provider: Provider;
}

/** Asks for one answer, provider after provider. */
function startAsking(
  providers: readonly Provider[],
  messages: readonly ChatMessage[],
  { signal, maxTokens, maxPrompts = Infinity }: OpenOptions,
  onFailure: OnFailure,
) {
  const waiting = inTurn(providers);
  const failures: unknown[] = [];
  let accepted = 0;
  const failure = () => failures.find((error) => error instanceof RagError && error.retryable) ?? failures[0];
  const giveUp = (provider: Provider, error: unknown) => {
    signal.throwIfAborted();
    if (isOfRequest(error)) throw error;
    onFailure(provider.name, error);
    failures.push(error);
  };
  /** Resolves with the next one that accepts. */
  const next = async (): Promise<Asked> => {
    for (let turn = waiting.next(); !turn.done; turn = waiting.next()) {
      const provider = turn.value;
      try {
        const attempt = await provider.open(messages, { signal, maxTokens });
        accepted += 1;
        return { ...attempt, provider };
      } catch (error) {
        giveUp(provider, error);
      }
    }
    throw failure();
  };
  const instead = async ({ provider }: Asked, error: unknown): Promise<Asked> => {
    giveUp(provider, error);
    if (accepted >= maxPrompts) throw failure();
    return next();
  };
  return { next, instead };
}

/** In order; those that rest come last, in case no other answers. Each is asked only when its turn comes. */
function* inTurn(providers: readonly Provider[]): Generator<Provider, void> {
  const resting: Provider[] = [];
  for (const provider of providers) {
    if (provider.admits()) yield provider;
    else resting.push(provider);
  }
  yield* resting;
}
