/** What is left of a limit, by the names that an error's body has for it. */
export interface ShownLimit {
  limit?: unknown;
  remaining?: unknown;
  resetSeconds?: unknown;
}

/** A limit as headers (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/03/). */
export function toLimitHeaders({ limit, remaining, resetSeconds }: ShownLimit): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  };
}
