import { randomBytes } from 'node:crypto';
import { within } from '../../async/within.ts';
import { RagError } from '../errors.ts';
import type { Admission, ApiKey, Budgets, Reservation } from '../ports/access.ts';
import type { CallOptions } from '../ports/call.ts';

/** How long a reservation may take: it guards somebody's money, so nothing is asked without it. */
const reserveMs = 2_000;

/** How long a reservation stays that nobody settles: longer than Lambda lets anything run that could still settle it. */
const keptMs = 20 * 60_000;

/** How long a reservation of which nobody knows whether it was made may take to be given back; it ends by itself, too. */
const giveBackMs = 1_000;

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
  const id = randomBytes(6).toString('base64url');
  const reservation: Reservation = { id, tokens, untilMs: now.getTime() + keptMs };
  const isReserved = await within(reserveMs, signal, (signal) =>
    budgets.reserve(budget, reservation, { signal }),
  ).catch(async (error: unknown) => {
    // It may have been made all the same, and only its answer was lost.
    await within(giveBackMs, new AbortController().signal, (signal) =>
      budgets.settle(budget, reservation, 0, { signal }),
    ).catch(() => {});
    signal.throwIfAborted();
    if (error instanceof RagError) throw error;
    throw new RagError('storage_unavailable', 'Your budget could not be read. Try again shortly.', {
      cause: error,
    });
  });
  if (!isReserved) throw exhausted(limit, now);
  return {
    settle: ({ promptTokens, completionTokens }, options) =>
      budgets.settle(budget, reservation, promptTokens + completionTokens, options),
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
