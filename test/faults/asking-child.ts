/** One who asks at the expense of a budget, of providers that die and of one that goes on for longer than it may. */
import { createAfterResponse } from '../../lib/async/after-response.ts';
import { createFallback } from '../../lib/openai/fallback.ts';
import { createProvider, type Provider } from '../../lib/openai/provider.ts';
import { reserveTokens } from '../../lib/rag/access/budget.ts';
import { promptTokensOf } from '../../lib/rag/answer/usage.ts';
import { createAsk } from '../../lib/rag/ask/ask.ts';
import { tokensToReserve } from '../../lib/rag/ask/reserve.ts';
import { RagError } from '../../lib/rag/errors.ts';
import type { Budgets } from '../../lib/rag/ports/access.ts';
import type { ChatPart } from '../../lib/rag/ports/models.ts';
import { createWorld, question } from '../fakes/world.ts';

const asked = question('Which door is red?', { cache: 'off' });

const world = createWorld();
const passages = Array.from({ length: 12 }, (_, n) => `${n} red doors. ${`door${n} `.repeat(450)}`);
world.serve('guide', 'v1', passages);

/** What is reserved for it. */
export const reserve = tokensToReserve(asked);

/** Of 168 characters: 40 tokens. */
const piece = 'door '.repeat(33).padEnd(168, '.');
const pieceTokens = 40;

const limits = { timeoutMs: 60_000, firstTokenMs: 60_000, maxConcurrent: 1 };
const options = { signal: new AbortController().signal };

/**
 * Asks of providers of which the first `deaths` accept and die, with a prompt as long as they get. Resolves with the tokens
 * that all of them were asked for together, or false if the budget had no more.
 */
export async function askOnce(
  budgets: Budgets,
  { keyId, limit, deaths }: { keyId: string; limit: number; deaths: number },
): Promise<number | false> {
  let sent = 0;
  async function* speak(): AsyncGenerator<ChatPart, void> {
    const pieces = (3 * reserve) / pieceTokens;
    for (let at = 0; at < pieces; at += 1) {
      sent += pieceTokens;
      yield { type: 'text', text: piece };
    }
  }
  async function* die(): AsyncGenerator<ChatPart, void> {}
  const toProvider = (name: string, parts: () => AsyncGenerator<ChatPart, void>): Provider =>
    createProvider(
      name,
      {
        model: name,
        open: async (messages) => {
          sent += promptTokensOf(messages);
          return { servedBy: name, parts: parts() };
        },
      },
      limits,
    );
  const providers = Array.from({ length: deaths + 1 }, (_, n) =>
    toProvider(`provider-${n}`, n < deaths ? die : speak),
  );
  const chat = createFallback(providers as [Provider, ...Provider[]], () => {});

  const ask = createAsk({ ...world, chat, maxErrorRate: 0.01 });
  const afterResponse = createAfterResponse(() => {});
  const key = { id: keyId, monthlyTokens: limit } as Parameters<typeof reserveTokens>[1];
  const admission = reserveTokens(budgets, key, reserve, options);
  try {
    for await (const _ of ask(asked, { ...options, budgetMs: 60_000, afterResponse, admission }));
  } catch (error) {
    if (error instanceof RagError && error.code === 'budget_exhausted') return false;
    // What died in the end has been paid for all the same.
    if (!(error instanceof RagError) || error.code !== 'answer_cut') throw error;
  } finally {
    await afterResponse.settle(30_000);
  }
  return sent;
}
