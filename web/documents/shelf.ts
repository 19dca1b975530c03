import type { ApiClient } from '../api/client.ts';
import { isUnderWay, type RowAction } from './describe.ts';
import { createDocumentsApi } from './documents-api.ts';
import { createFollower } from './follower.ts';
import { createListing, type Listing, type ListingState } from './listing.ts';
import { createLook } from './look.ts';
import { problemOf } from './problem.ts';
import { createRows } from './rows.ts';
import type { Row } from './types.ts';
import { createUploads, type Uploads } from './uploads.ts';

/** What stands in the panel. */
export interface ShelfView extends ListingState {
  rows: readonly Row[];
  /** Why nothing can be put in, if the key may not. */
  mayNotWrite?: string;
}

export interface ShelfOptions {
  api: ApiClient;
  collection: string;
  isVisible: () => boolean;
  /** Something in the view is different. */
  onChange: () => void;
  /** What is served is different, so answers may be. */
  onServed: () => void;
  /** What was asked for did not work. */
  onProblem: (text: string) => void;
}

/** The documents of one collection, and what is on its way into it. */
export interface Shelf extends Pick<Listing, 'load' | 'findServed'>, Pick<Uploads, 'add' | 'open'> {
  view: () => ShelfView;
  /** Does what a row's button says. Never rejects. */
  act: (action: RowAction, id: string) => Promise<void>;
  /** Somebody sees it again. */
  wake: () => void;
  close: () => void;
}

/** Opens a collection; `load` brings its first page. */
export function openShelf(options: ShelfOptions): Shelf {
  const closed = new AbortController();
  let mayNotWrite: string | undefined;
  const rows = createRows((before, after) => {
    if (closed.signal.aborted) return;
    if (before && !isReady(before) && after && isReady(after)) options.onServed();
    // Also for what a page of the list has found under way.
    if (after && isUnderWay(after)) follower.wake();
    options.onChange();
  });
  const api = createDocumentsApi(options.api, options.collection);
  const follower = createFollower({
    underWay: () => rows.all().flatMap((row) => (isUnderWay(row) ? [row.id] : [])),
    look: createLook({ api, rows }),
    isVisible: options.isVisible,
  });
  const listing = createListing({ api, rows, signal: closed.signal, onChange: options.onChange });
  const uploads = createUploads({
    api,
    rows,
    onForbidden: (message) => {
      mayNotWrite = message;
      options.onChange();
    },
  });
  const ask = async (id: string, what: (signal: AbortSignal) => Promise<void>) => {
    if (rows.get(id)?.isBusy) return;
    rows.change(id, { isBusy: true });
    try {
      await what(closed.signal);
    } catch (error) {
      if (!closed.signal.aborted) options.onProblem(`${id}: ${problemOf(error)}`);
    }
    rows.change(id, { isBusy: undefined });
  };
  const acts: Readonly<Record<RowAction, (id: string) => Promise<void> | void>> = {
    cancel: uploads.cancel,
    dismiss: uploads.cancel,
    sendAgain: uploads.again,
    retry: (id) => ask(id, async (signal) => rows.change(id, { document: await api.retry(id, signal) })),
    remove: (id) =>
      ask(id, async (signal) => {
        await api.remove(id, signal);
        rows.remove(id);
        options.onServed();
      }),
  };
  return {
    view: () => ({ ...listing.state(), rows: rows.all(), ...(mayNotWrite !== undefined && { mayNotWrite }) }),
    load: listing.load,
    findServed: listing.findServed,
    add: (files) => {
      // Another key may be in use by now.
      mayNotWrite = undefined;
      uploads.add(files);
    },
    open: uploads.open,
    act: async (action, id) => acts[action](id),
    wake: follower.wake,
    close: () => {
      closed.abort(new DOMException('The panel was closed.', 'AbortError'));
      follower.stop();
      uploads.clear();
    },
  };
}

function isReady({ document, upload }: Row): boolean {
  return upload === undefined && document?.state === 'ready';
}
