import { within } from '../../async/within.ts';
import { RagError } from '../errors.ts';
import type {
  Admission,
  ApiKey,
  Budgets,
  KeyScope,
  KeyStore,
  RateLimits,
  RateLimitState,
} from '../ports/access.ts';
import type { CallOptions } from '../ports/call.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { reserveTokens } from './budget.ts';
import { isSecretOf, type Credentials } from './key-text.ts';
import { rememberKeys } from './known-keys.ts';

/** How long counting may take; then the request goes on uncounted. A job can wait for longer than somebody in front of a screen. */
const limitMs = 500;
const jobLimitMs = 5_000;

/** The ports that decide who may do what. */
export interface AccessDependencies {
  keys: Pick<KeyStore, 'get'>;
  limits: RateLimits;
  budgets: Budgets;
  telemetry: Pick<Telemetry, 'failed'>;
}

/** What one who shows a key may do. Nothing is asked before the first call, and each call is decided anew. */
export interface Access {
  /** Throws RagError `unauthorized`, `forbidden` or `rate_limited`, and `storage_unavailable` where that cannot be known. */
  permit(use: { scope: KeyScope; collection: string }, options: CallOptions): Promise<void>;
  /** The collections that the key is for, undefined for all of its tenant's. Throws as `permit` for `ask`. */
  collections(options: CallOptions): Promise<readonly string[] | undefined>;
  /** As `permit` for a question that may take so many tokens; throws `budget_exhausted` too. */
  admit(question: { collection: string; tokens: number }, options: CallOptions): Promise<Admission>;
  /** How the key's limit stood when a call was last counted; undefined before, and where it has none. */
  limit(): RateLimitState | undefined;
}

/** Decides by the keys that are stored. */
export interface AccessByKey {
  /** For one who shows the key itself. */
  of(credentials: Credentials): Access;
  /** For work that was taken on from its owner before. */
  onBehalf(key: { tenant: string; id: string }): Access;
}

/** Creates the decisions over their ports; keys are remembered for less than a minute. */
export function createAccess(deps: AccessDependencies): AccessByKey {
  const known = rememberKeys(deps.keys);

  const accessOf = (
    { tenant, id }: Pick<Credentials, 'tenant' | 'id'>,
    isProven: (hash: string) => boolean,
    countMs: number,
  ) => {
    let limit: RateLimitState | undefined;
    // One after the other: whoever is not known must not use up another's limit, nor a refused request hold a budget.
    const check = async (
      scope: KeyScope,
      collection: string | undefined,
      options: CallOptions,
    ): Promise<ApiKey> => {
      const stored = await known(id, options);
      if (!stored || stored.key.tenant !== tenant || !isProven(stored.secretHash)) throw unauthorized();
      if (stored.key.revokedAt !== undefined) throw unauthorized();
      assertMay(stored.key, scope, collection);
      limit = await count(deps, stored.key, countMs, options);
      if (limit && !limit.isAllowed) throw tooMany(limit);
      return stored.key;
    };
    const access: Access = {
      permit: async ({ scope, collection }, options) => void (await check(scope, collection, options)),
      collections: async (options) => (await check('ask', undefined, options)).collections,
      admit: async ({ collection, tokens }, options) =>
        reserveTokens(deps.budgets, await check('ask', collection, options), tokens, options),
      limit: () => limit,
    };
    return access;
  };

  return {
    of: (credentials) => accessOf(credentials, (hash) => isSecretOf(hash, credentials.secret), limitMs),
    onBehalf: (key) => accessOf(key, () => true, jobLimitMs),
  };
}

function assertMay({ scopes, collections }: ApiKey, scope: KeyScope, collection: string | undefined): void {
  if (!scopes.includes(scope)) throw forbidden(`This needs a key with the scope "${scope}".`);
  if (collection !== undefined && collections && !collections.includes(collection)) {
    throw forbidden(`Your key is not for the collection "${collection}".`);
  }
}

/** A limiter that fails is no reason to fail a request. */
async function count(
  { limits, telemetry }: AccessDependencies,
  key: ApiKey,
  countMs: number,
  { signal }: CallOptions,
): Promise<RateLimitState | undefined> {
  const { id, limits: limit } = key;
  if (!limit) return undefined;
  try {
    return await within(countMs, signal, (signal) => limits.take(id, limit, { signal }));
  } catch (error) {
    signal.throwIfAborted();
    telemetry.failed('rate limit', error);
    return undefined;
  }
}

function unauthorized(): RagError {
  return new RagError('unauthorized', 'Your key is not valid. It may have been revoked.');
}

function forbidden(message: string): RagError {
  return new RagError('forbidden', message);
}

function tooMany({ limit, remaining, resetMs, retryAfterMs }: RateLimitState): RagError {
  return new RagError('rate_limited', 'Your key has made too many requests. Wait, then try again.', {
    retryAfterMs,
    details: { limit, remaining, resetSeconds: Math.ceil(resetMs / 1_000) },
  });
}
