import { createBackOff } from './back-off.ts';
import { compareIds } from './document-id.ts';

/** What one look brought. */
export interface Look {
  hasNews: boolean;
  /** The last id that was looked at; undefined if there is none behind. */
  upTo?: string | undefined;
  /** How long the server wants to be left alone. */
  atLeastMs?: number | undefined;
}

export interface FollowerOptions {
  /** Documents under way. */
  underWay: () => readonly string[];
  /** Looks at as many as one request brings, from this id on. Never rejects but by the signal. */
  look: (from: string, signal: AbortSignal) => Promise<Look>;
  /** Whether somebody can see the page. */
  isVisible: () => boolean;
}

/** Looks at what is under way, again and again. */
export interface Follower {
  /** Something is under way, or the page is seen again: begins at once, unless it is at it. */
  wake: () => void;
  stop: () => void;
}

/** How long nothing may move, in milliseconds: longer than the wait before what failed is delivered again. */
const patienceMs = 20 * 60_000;

/** Creates one who follows documents while some are under way, somebody sees the page, and anything moves. */
export function createFollower({ underWay, look, isVisible }: FollowerOptions): Follower {
  const backOff = createBackOff();
  let cursor = '';
  let controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Infinity;
  let notBefore = 0;
  let movedAt = 0;

  const schedule = (ms: number) => {
    const at = Math.max(Date.now() + ms, notBefore);
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => void turn(controller.signal).catch(() => {}), at - Date.now());
  };
  const turn = async (signal: AbortSignal) => {
    const from = nextOf(underWay(), cursor);
    if (from === undefined || !isVisible() || Date.now() - movedAt > patienceMs) {
      dueAt = Infinity;
      return;
    }
    const { hasNews, upTo = '', atLeastMs = 0 } = await look(from, signal);
    if (signal.aborted) return;
    cursor = upTo;
    if (hasNews) movedAt = Date.now();
    notBefore = Date.now() + atLeastMs;
    dueAt = Infinity;
    schedule(backOff.next(hasNews));
  };
  return {
    wake: () => {
      movedAt = Date.now();
      // While it looks, or will in a moment, this changes nothing: `dueAt` is past, or near.
      schedule(backOff.next(true));
    },
    stop: () => {
      controller.abort(new DOMException('Nobody looks any more.', 'AbortError'));
      controller = new AbortController();
      clearTimeout(timer);
      dueAt = Infinity;
      cursor = '';
    },
  };
}

/** Goes round, so that none of many waits for ever. */
function nextOf(ids: readonly string[], cursor: string): string | undefined {
  const sorted = ids.toSorted(compareIds);
  return sorted.find((id) => compareIds(id, cursor) > 0) ?? sorted[0];
}
