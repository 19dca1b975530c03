import type { AccessByKey } from '../rag/access/access.ts';
import { readKeyText } from '../rag/access/key-text.ts';
import { RagError } from '../rag/errors.ts';
import type { Admission, RateLimitState } from '../rag/ports/access.ts';
import type { HttpCaller } from './caller.ts';
import { toLimitHeaders } from './limit-headers.ts';
import type { HttpRequest } from './request.ts';
import type { Identified, Identify } from './router.ts';

/** Callers are known by the key in `Authorization: Bearer`. Whether it is valid is decided when they want something. */
export function identifyByKey(access: AccessByKey): Identify {
  return ({ headers }) => {
    const credentials = readKeyText(bearerOf(headers));
    if (!credentials) throw noKey();
    const { tenant, id: keyId } = credentials;
    const shown = access.of(credentials);
    const caller: HttpCaller = {
      ...shown,
      ...{ tenant, keyId, scopeOf: (collection) => `${tenant}/${collection}` },
    };
    return { caller, headers: () => headersOf(shown.limit()) };
  };
}

const free: Admission = { settle: async () => {} };

const anybody: HttpCaller = {
  tenant: 'default',
  scopeOf: (collection) => `default/${collection}`,
  permit: async () => {},
  collections: async () => undefined,
  admit: async () => free,
};

const unlimited: Identified = { caller: anybody, headers: () => ({}) };

/** Without keys everybody is the same tenant, who may do everything without limits. */
export const identifyAnybody: Identify = () => unlimited;

function bearerOf(headers: HttpRequest['headers']): string {
  // RFC 9110, 11.1: the scheme's case is of no matter.
  return /^bearer +(\S+) *$/i.exec(headers['authorization'] ?? '')?.[1] ?? '';
}

function noKey(): RagError {
  return new RagError('unauthorized', 'Send your key in the header authorization: Bearer rgl_….');
}

function headersOf(state: RateLimitState | undefined): Record<string, string> {
  return state ? toLimitHeaders({ ...state, resetSeconds: Math.ceil(state.resetMs / 1_000) }) : {};
}
