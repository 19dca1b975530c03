import { isUnderWay } from './describe.ts';
import { createFollower } from './follower.ts';
import type { DocumentsApi } from './ports.ts';
import type { DocumentView } from './types.ts';

/** What a collection begins with, looked at again while documents in it are under way. */
export interface Glance {
  /** Looks at a collection from now on; at once if it is another one, or if nobody looked. */
  at(this: void, collection: string): void;
  /** It is to be looked at anew, if anybody looks: its documents are others now, or so is the key. */
  again(this: void): void;
  stop(this: void): void;
}

export interface GlanceOptions {
  apiOf: (collection: string) => Pick<DocumentsApi, 'list'>;
  /** Hears which documents are there; undefined until that is known, and where nobody can tell. */
  onSeen: (documents: readonly DocumentView[] | undefined) => void;
  /** Whether somebody can see the page. */
  isVisible: () => boolean;
}

/** Documents that one request brings at most: enough to say what is there. */
const mostSeen = 100;

/** Creates it, looking at nothing. */
export function createGlance({ apiOf, onSeen, isVisible }: GlanceOptions): Glance {
  let shown: string | undefined;
  let known: readonly DocumentView[] | undefined;
  let looking = new AbortController();
  const look = async (signal: AbortSignal): Promise<boolean> => {
    const { documents } = await apiOf(shown ?? '').list({ limit: mostSeen }, signal);
    if (signal.aborted || JSON.stringify(documents) === JSON.stringify(known)) return false;
    known = documents;
    onSeen(documents);
    return true;
  };
  const follower = createFollower({
    underWay: () =>
      (known ?? []).flatMap((document) => (isUnderWay({ id: document.id, document }) ? [document.id] : [])),
    // What failed once may come the next time; until then what is known stands.
    look: async (_from, signal) => ({ hasNews: await look(signal).catch(() => false) }),
    isVisible,
  });
  const begin = () => {
    looking.abort();
    looking = new AbortController();
    const { signal } = looking;
    follower.stop();
    look(signal).then(
      () => {
        if (!signal.aborted) follower.wake();
      },
      () => {
        if (!signal.aborted) onSeen(undefined);
      },
    );
  };
  return {
    at: (collection) => {
      if (collection === shown) return follower.wake();
      shown = collection;
      known = undefined;
      onSeen(undefined);
      begin();
    },
    again: () => {
      if (shown !== undefined) begin();
    },
    stop: () => {
      shown = undefined;
      looking.abort();
      follower.stop();
    },
  };
}
