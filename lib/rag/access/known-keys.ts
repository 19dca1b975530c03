import { startDeadline } from '../../async/deadline.ts';
import { abortable } from '../../async/within.ts';
import { RagError } from '../errors.ts';
import type { KeyStore } from '../ports/access.ts';
import type { CallOptions } from '../ports/call.ts';

type StoredKey = NonNullable<Awaited<ReturnType<KeyStore['get']>>>;

/** Short of the minute within which a revoked key dies, by what a request may wait for its admission. */
const keptMs = 55_000;

/** That there is no such key is kept too: who tries again and again costs one reading. */
const unknownMs = 5_000;

/** Keys that are kept at most; the one that was read first goes first. */
const maxKeys = 5_000;

/** How long a reading may take. */
const lookupMs = 2_000;

interface Entry {
  /** Milliseconds since 1970. */
  untilMs: number;
  found: Promise<StoredKey | undefined>;
}

/** The keys that were asked for lately, each read at most once at a time. Rejects with RagError `storage_unavailable`. */
export type KnownKeys = (id: string, options: CallOptions) => Promise<StoredKey | undefined>;

/** Remembers keys for less than a minute, counted from when they began to be read. */
export function rememberKeys(store: Pick<KeyStore, 'get'>): KnownKeys {
  const entries = new Map<string, Entry>();
  const read = (id: string): Entry => {
    const startedAtMs = now();
    const entry: Entry = { untilMs: startedAtMs + keptMs, found: lookUp(store, id) };
    const settle = (stored: StoredKey | undefined) => {
      if (!stored) entry.untilMs = startedAtMs + unknownMs;
    };
    const forget = () => {
      if (entries.get(id) === entry) entries.delete(id);
    };
    entry.found.then(settle, forget);
    // To the end of the order, wherever an older one was.
    entries.delete(id);
    entries.set(id, entry);
    if (entries.size > maxKeys) entries.delete(firstOf(entries));
    return entry;
  };
  return async (id, { signal }) => {
    const known = entries.get(id);
    const { found } = known && now() < known.untilMs ? known : read(id);
    return abortable(signal, () => found);
  };
}

// The time of day: a frozen environment's own clock may stand still, and a key must not outlive its minute by that.
const now = () => Date.now();

/** Whoever waits for it may leave, so it has a time of its own. */
async function lookUp(store: Pick<KeyStore, 'get'>, id: string): Promise<StoredKey | undefined> {
  using deadline = startDeadline(lookupMs);
  try {
    return await abortable(deadline.signal, (signal) => store.get(id, { signal }));
  } catch (error) {
    if (error instanceof RagError) throw error;
    const message = 'Your key could not be checked. Try again shortly.';
    throw new RagError('storage_unavailable', message, { cause: error });
  }
}

function firstOf(entries: ReadonlyMap<string, Entry>): string {
  const [first = ''] = entries.keys();
  return first;
}
