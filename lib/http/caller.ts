import type { Admission, KeyScope } from '../rag/ports/access.ts';
import type { CallOptions } from '../rag/ports/call.ts';
import type { Scope } from '../rag/types.ts';

/**
 * Who sends a request. The tenant is what the key says of itself, so that work for it can start at once; whether the key is
 * valid is decided beside that work, and nothing may leave before `permit` or `admit` has resolved.
 */
export interface HttpCaller {
  readonly tenant: string;
  /** Of the key that the request is booked to; absent where there are no keys. */
  readonly keyId?: string;
  /** The scope of a collection, under the caller's tenant. */
  scopeOf(collection: string): Scope;
  /**
   * Resolves if the caller may do this in this collection. Throws RagError `unauthorized` (401), `forbidden` (403) and
   * `rate_limited` (429).
   */
  permit(what: { scope: KeyScope; collection: string }, options: CallOptions): Promise<void>;
  /** The collections that the caller is limited to, undefined for all of the tenant's. Throws as `permit` for `ask`. */
  collections(options: CallOptions): Promise<readonly string[] | undefined>;
  /** As `permit` for a question, with a reservation of so many tokens. Throws `budget_exhausted` (429) too. */
  admit(question: { collection: string; tokens: number }, options: CallOptions): Promise<Admission>;
}
