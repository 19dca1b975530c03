/** An answer from the cache, as the events tell of it. */
export interface FromCache {
  id: string;
  /** `exact` or `similar`. */
  cached: string;
  /** ISO 8601. */
  cachedAt?: string | undefined;
}

/** Where a cached answer is from: `cached 3 min ago for a similar question`. */
export function toOrigin({ cached, cachedAt }: FromCache): string {
  const ago = cachedAt === undefined ? '' : ` ${toAge(Date.now() - Date.parse(cachedAt))} ago`;
  return `cached${ago} for ${cached === 'exact' ? 'the same' : 'a similar'} question`;
}

/** How to have it answered anew. */
export function toHint({ id }: FromCache): string {
  return `Not right? npm run ask -- --wrong ${id}\n`;
}

function toAge(ms: number): string {
  const seconds = Math.max(Math.round(ms / 1_000), 0);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
