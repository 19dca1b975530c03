import { within } from '../../async/within.ts';
import { RagError } from '../errors.ts';
import type { Admission, ApiKey, Budgets } from '../ports/access.ts';
import type { CallOptions } from '../ports/call.ts';

/** How long a reservation may take: it guards somebody's money, so nothing is asked without it. */
const reserveMs = 2_000;

/** Leave to ask the model with so many of the key's tokens. Throws RagError `budget_exhausted`, `storage_unavailable`. */
export async function reserveTokens(
  budgets: Budgets,
  { id: keyId, monthlyTokens: limit }: ApiKey,
  tokens: number,
  { signal }: CallOptions,
): Promise<Admission> {
  if (limit === undefined) return { settle: async () => {} };
  const now = new Date();
  const budget = { keyId, month: now.toISOString().slice(0, 'YYYY-MM'.length), limit };
  const isReserved = await within(reserveMs, signal, (signal) =>
    budgets.reserve(budget, tokens, { signal }),
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof RagError) throw error;
    throw new RagError('storage_unavailable', 'Your budget could not be read. Try again shortly.', {
      cause: error,
    });
  });
  if (!isReserved) throw exhausted(limit, now);
  let isOpen = true;
  return {
    settle: async ({ promptTokens, completionTokens }, options) => {
      if (!isOpen) return;
      isOpen = false;
      await budgets.settle(budget, { reserved: tokens, used: promptTokens + completionTokens }, options);
    },
  };
}

function exhausted(monthlyTokens: number, now: Date): RagError {
  const nextMonthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
  return new RagError(
    'budget_exhausted',
    'What is left of the monthly budget of your key is not enough for this question.',
    { retryAfterMs: nextMonthMs - now.getTime(), details: { monthlyTokens } },
  );
}
