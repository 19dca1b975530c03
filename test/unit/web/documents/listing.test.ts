import { expect, it, vi } from 'vitest';
import { ApiError } from '../../../../web/api/error.ts';
import { createListing } from '../../../../web/documents/listing.ts';
import { createApi, quietRows } from './api.ts';
import { documentOf } from './documents.ts';

function open() {
  const api = createApi();
  const rows = quietRows();
  const closed = new AbortController();
  const listing = createListing({ api, rows, signal: closed.signal, onChange: () => {} });
  return { api, rows, listing, closed };
}

const isLoaded = (listing: ReturnType<typeof open>['listing']) =>
  vi.waitFor(() => expect(listing.state().isLoading).toBe(false));

it('loads page after page, one at a time', async () => {
  const { api, rows, listing } = open();
  api.list.mockResolvedValueOnce({ documents: [documentOf('a.md')], next: 'a.md' });
  listing.load();
  listing.load();
  await isLoaded(listing);
  expect(api.list).toHaveBeenCalledTimes(1);
  expect(listing.state()).toEqual({ hasMore: true, isLoading: false });
  api.list.mockResolvedValueOnce({ documents: [documentOf('b.md')] });
  listing.load();
  await isLoaded(listing);
  expect(api.list.mock.lastCall?.[0]).toEqual({ after: 'a.md', limit: 50 });
  expect(listing.state()).toEqual({ hasMore: false, isLoading: false });
  expect(rows.all().map(({ id }) => id)).toEqual(['a.md', 'b.md']);
});

it('says why a page could not be had, and tries that page again', async () => {
  const { api, listing } = open();
  api.list.mockRejectedValueOnce(
    new ApiError({ status: 403, code: 'forbidden', message: 'Not in this collection.', retryable: false }),
  );
  listing.load();
  await isLoaded(listing);
  expect(listing.state()).toEqual({
    hasMore: undefined,
    isLoading: false,
    problem: 'Not in this collection.',
  });
  api.list.mockResolvedValueOnce({ documents: [] });
  listing.load();
  await isLoaded(listing);
  expect(listing.state()).toEqual({ hasMore: false, isLoading: false });
});

it('finds which of some names are served, wherever the list is', async () => {
  const { api, rows, listing } = open();
  const served = documentOf('m.md', { version: '1' });
  const failed = documentOf('n.md', { state: 'failed' });
  api.list.mockResolvedValueOnce({
    documents: [served, documentOf('mm.md', { version: '1' })],
    next: 'mm.md',
  });
  api.list.mockResolvedValueOnce({ documents: [failed], next: 'o.md' });
  expect(await listing.findServed(['n.md', 'm.md', 'new.md'])).toEqual(['m.md']);
  expect(api.list.mock.calls.map(([{ after }]) => after)).toEqual(['m.m', 'mm.md']);
  // Others are not drawn into the list out of their turn.
  expect(rows.all().map(({ id }) => id)).toEqual(['m.md', 'n.md']);
});

it('looks through a very long list for a while only', async () => {
  const { api, listing } = open();
  api.list.mockResolvedValue({ documents: [], next: 'b.md' });
  expect(await listing.findServed(['a.md', 'z.md'])).toEqual([]);
  expect(api.list).toHaveBeenCalledTimes(20);
});
