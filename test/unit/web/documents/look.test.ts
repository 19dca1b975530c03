import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../web/api/error.ts';
import { createLook } from '../../../../web/documents/look.ts';
import { createApi, quietRows } from './api.ts';
import { documentOf } from './documents.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

const { signal } = new AbortController();
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function open() {
  const api = createApi();
  const rows = quietRows();
  return { api, rows, look: createLook({ api, rows }) };
}

it('brings the news of many by one page, which begins with the first of them', async () => {
  const { api, rows, look } = open();
  rows.take(['a.md', 'b.md'].map((id) => documentOf(id, { state: 'parsing', updatedAt: at(1) })));
  api.list.mockResolvedValueOnce({
    documents: ['a.md', 'b.md', 'c.md'].map((id) => documentOf(id, { updatedAt: at(2) })),
  });
  expect(await look('a.md', signal)).toEqual({ hasNews: true, upTo: undefined });
  expect(api.list).toHaveBeenCalledWith({ after: 'a.m', limit: 100 }, signal);
  expect(rows.all().map(({ id, document }) => [id, document?.state])).toEqual([
    ['a.md', 'ready'],
    ['b.md', 'ready'],
  ]);
});

it('says nothing of those behind the page', async () => {
  const { api, rows, look } = open();
  rows.take(['a.md', 'z.md'].map((id) => documentOf(id, { state: 'parsing', updatedAt: at(1) })));
  api.list.mockResolvedValueOnce({
    documents: [documentOf('a.md', { state: 'parsing', updatedAt: at(1) })],
    next: 'b.md',
  });
  expect(await look('a.md', signal)).toEqual({ hasNews: false, upTo: 'b.md' });
  expect(rows.all()).toHaveLength(2);
});

it('forgets a document that somebody has deleted', async () => {
  const { api, rows, look } = open();
  rows.take([documentOf('a.md', { state: 'parsing' })]);
  api.list.mockResolvedValueOnce({ documents: [] });
  expect(await look('a.md', signal)).toMatchObject({ hasNews: true });
  expect(rows.all()).toEqual([]);
});

it('waits for the event of a file that went by the form', async () => {
  const { api, rows, look } = open();
  const before = documentOf('a.pdf', { updatedAt: at(1) });
  rows.take([before]);
  rows.change('a.pdf', { upload: { phase: 'taken', takenAtMs: Date.now(), before: before.updatedAt } });
  api.list.mockResolvedValueOnce({ documents: [before] });
  expect(await look('a.pdf', signal)).toMatchObject({ hasNews: false });
  const parsing = documentOf('a.pdf', { state: 'parsing', updatedAt: at(2) });
  api.list.mockResolvedValueOnce({ documents: [parsing] });
  expect(await look('a.pdf', signal)).toMatchObject({ hasNews: true });
  expect(rows.get('a.pdf')).toEqual({ id: 'a.pdf', document: parsing });
});

it('asks for the same file put once more to be looked at, since no news will come of it', async () => {
  const { api, rows, look } = open();
  const before = documentOf('a.pdf', { updatedAt: at(1) });
  rows.take([before]);
  rows.change('a.pdf', { upload: { phase: 'taken', takenAtMs: Date.now(), before: before.updatedAt } });
  api.list.mockResolvedValue({ documents: [before] });
  await look('a.pdf', signal);
  expect(api.retry).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10_000);
  expect(await look('a.pdf', signal)).toMatchObject({ hasNews: true });
  expect(api.retry).toHaveBeenCalledTimes(1);
  expect(rows.get('a.pdf')?.document?.state).toBe('received');
});

it('brings no news when the server cannot tell, and says how long to wait', async () => {
  const { api, rows, look } = open();
  rows.take([documentOf('a.md', { state: 'parsing' })]);
  const fields = {
    status: 429,
    code: 'rate_limited',
    message: 'Wait.',
    retryable: true,
    retryAfterMs: 7_000,
  };
  api.list.mockRejectedValueOnce(new ApiError(fields));
  expect(await look('a.md', signal)).toEqual({ hasNews: false, atLeastMs: 7_000 });
});
