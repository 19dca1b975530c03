import type { Usage } from '../types.ts';
import type { CallOptions } from './call.ts';

/** What a key may do: ask questions, write documents, manage the cache and look at everything. */
export type KeyScope = 'ask' | 'write' | 'admin';

/** A key of a caller, without its secret. */
export interface ApiKey {
  /** Public part, 16 hexadecimal digits. */
  id: string;
  tenant: string;
  /** For people. */
  name: string;
  /** Collections it may use; all of the tenant's if absent. */
  collections?: readonly string[];
  scopes: readonly KeyScope[];
  /** Requests a minute in the long run, and at once; no limit if absent. */
  limits?: { perMinute: number; burst: number };
  /** Tokens of the model a calendar month (UTC); no limit if absent. */
  monthlyTokens?: number;
  /** ISO 8601. */
  createdAt: string;
  revokedAt?: string;
}

/** The keys. Of a secret only its SHA-256 (base64url) is stored. */
export interface KeyStore {
  /** Strongly consistent; revoked ones too. */
  get(id: string, options: CallOptions): Promise<{ key: ApiKey; secretHash: string } | undefined>;
  /** May be made again, which changes nothing. Throws RagError `conflict` where another key has the id. */
  create(key: ApiKey, secretHash: string, options: CallOptions): Promise<void>;
  list(options: CallOptions): Promise<ApiKey[]>;
  /** False if there is no such key; revoking again changes nothing. */
  revoke(id: string, at: string, options: CallOptions): Promise<boolean>;
}

/** What is left of a limit after a request was counted, or was not allowed. */
export interface RateLimitState {
  isAllowed: boolean;
  limit: number;
  /** Requests that may come at once now. */
  remaining: number;
  /** Until it is whole again. */
  resetMs: number;
  /** Until the next request is allowed; 0 if it is now. */
  retryAfterMs: number;
}

/** A token bucket for each key. */
export interface RateLimits {
  /** Counts one request by one conditional update, or refuses it. */
  take(
    keyId: string,
    limits: { perMinute: number; burst: number },
    options: CallOptions,
  ): Promise<RateLimitState>;
}

/** Tokens of a budget that are set aside for one question. */
export interface Reservation {
  /** Like no other's. */
  id: string;
  tokens: number;
  /** Given back from then on, in milliseconds since 1970, where nobody has settled it: whoever made it is gone. */
  untilMs: number;
}

/** What keys have used of their token budgets, by calendar month (`YYYY-MM`, UTC). Any call may be made again. */
export interface Budgets {
  /** Reserves tokens unless used and reserved ones would pass `limit`; false then. */
  reserve(
    budget: { keyId: string; month: string; limit: number },
    reservation: Reservation,
    options: CallOptions,
  ): Promise<boolean>;
  /** Turns a reservation into what was used. Nothing is booked for one that is settled, was given back, or is not there. */
  settle(
    budget: { keyId: string; month: string },
    reservation: Reservation,
    used: number,
    options: CallOptions,
  ): Promise<void>;
}

/** Leave to ask the model, with what was reserved for it. */
export interface Admission {
  /** Books what was used; to be called once, whatever became of the question. */
  settle(usage: Usage, options: CallOptions): Promise<void>;
}
