import { compareIds, idBefore } from './document-id.ts';
import type { DocumentsApi } from './ports.ts';
import { problemOf } from './problem.ts';
import type { Rows } from './rows.ts';

/** How far the collection's list is loaded. */
export interface ListingState {
  /** Undefined before the first page. */
  hasMore: boolean | undefined;
  isLoading: boolean;
  /** Why the last page could not be had. */
  problem?: string;
}

/** The collection's list, page by page. */
export interface Listing {
  state: () => ListingState;
  /** Loads the next page, the first one to begin with; the state tells what comes of it. */
  load: () => void;
  /** Which of these are served already; of a very long list only the beginning is looked through. Throws ApiError. */
  findServed: (ids: readonly string[]) => Promise<string[]>;
}

const pageSize = 50;

/** A page that is only looked through, and how many of them. */
const largestPage = 100;
const mostPages = 20;

/** Creates the list, of which nothing is loaded yet. */
export function createListing(deps: {
  api: DocumentsApi;
  rows: Rows;
  signal: AbortSignal;
  onChange: () => void;
}): Listing {
  const { api, rows, signal } = deps;
  let state: ListingState = { hasMore: undefined, isLoading: false };
  let next: string | undefined;
  const become = (changed: ListingState) => {
    if (signal.aborted) return;
    state = changed;
    deps.onChange();
  };
  return {
    state: () => state,
    load: () => {
      if (state.isLoading) return;
      const { hasMore } = state;
      become({ hasMore, isLoading: true });
      api.list({ after: next, limit: pageSize }, signal).then(
        (page) => {
          next = page.next;
          rows.take(page.documents);
          become({ hasMore: next !== undefined, isLoading: false });
        },
        (error: unknown) => become({ hasMore, isLoading: false, problem: problemOf(error) }),
      );
    },
    findServed: async (ids) => {
      const wanted = new Set(ids);
      const sorted = ids.toSorted(compareIds);
      const [first = '', last = ''] = [sorted[0], sorted.at(-1)];
      let after = idBefore(first);
      for (let pages = 0; pages < mostPages; pages += 1) {
        const page = await api.list({ after, limit: largestPage }, signal);
        rows.take(page.documents.filter(({ id }) => wanted.has(id)));
        after = page.next;
        if (after === undefined || compareIds(after, last) >= 0) break;
      }
      return ids.filter((id) => rows.get(id)?.document?.version !== undefined);
    },
  };
}
