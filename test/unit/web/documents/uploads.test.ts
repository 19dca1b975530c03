import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../web/api/error.ts';
import { createUploads } from '../../../../web/documents/uploads.ts';
import { createApi, quietRows } from './api.ts';
import { documentOf } from './documents.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const api = createApi();
  const rows = quietRows();
  const onForbidden = vi.fn<(message: string) => void>();
  return { api, rows, onForbidden, uploads: createUploads({ api, rows, onForbidden }) };
}

function planned(id: string, bytes = 5) {
  const file = new File([], id);
  Object.defineProperty(file, 'size', { value: bytes });
  return { id, file };
}

const busy = new ApiError({ status: 503, code: 'storage_unavailable', message: 'Busy.', retryable: true });
const refused = new ApiError({ status: 403, code: 'forbidden', message: 'No write.', retryable: false });
const settled = () => vi.advanceTimersByTimeAsync(0);

it('tells how much of a file is sent, and then what the server says of it', async () => {
  const { api, rows, uploads } = open();
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof documentOf>>();
  api.put.mockReturnValueOnce(promise);
  uploads.add([planned('a.md', 8)]);
  expect(rows.get('a.md')?.upload).toEqual({ phase: 'sending', sentBytes: 0, totalBytes: 8 });
  api.put.mock.calls[0]?.[2].onProgress(3, 8);
  expect(rows.get('a.md')?.upload).toEqual({ phase: 'sending', sentBytes: 3, totalBytes: 8 });
  resolve(documentOf('a.md', { state: 'received' }));
  await settled();
  expect(rows.get('a.md')).toEqual({
    id: 'a.md',
    isOurs: true,
    document: documentOf('a.md', { state: 'received' }),
  });
});

it('sends a large file by the form, and remembers which record it had before', async () => {
  const { api, rows, uploads } = open();
  rows.take([documentOf('a.pdf')]);
  api.sendForm.mockResolvedValueOnce();
  uploads.add([planned('a.pdf', 5_000_000)]);
  await settled();
  expect(rows.get('a.pdf')?.upload).toMatchObject({
    phase: 'taken',
    before: documentOf('a.pdf').updatedAt,
  });
});

it('sends three at once', async () => {
  const { api, rows, uploads } = open();
  api.put.mockReturnValue(new Promise(() => {}));
  uploads.add(['a.md', 'b.md', 'c.md', 'd.md'].map((id) => planned(id)));
  expect(api.put).toHaveBeenCalledTimes(3);
  expect(rows.get('d.md')?.upload).toEqual({ phase: 'waiting' });
  expect(uploads.open()).toBe(4);
});

it('sends again what may work later, and says why when it does not', async () => {
  const { api, rows, uploads } = open();
  api.put.mockRejectedValue(busy);
  uploads.add([planned('a.md')]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(api.put).toHaveBeenCalledTimes(3);
  expect(rows.get('a.md')?.upload).toEqual({ phase: 'broken', problem: 'Busy. Try again in a moment.' });
  api.put.mockResolvedValueOnce(documentOf('a.md'));
  uploads.again('a.md');
  await settled();
  expect(rows.get('a.md')?.document).toEqual(documentOf('a.md'));
});

it('gives up a file that is cancelled, and leaves the document of that name', async () => {
  const { api, rows, uploads } = open();
  rows.take([documentOf('a.md')]);
  const { promise, reject } = Promise.withResolvers<never>();
  api.put.mockReturnValueOnce(promise);
  uploads.add([planned('a.md')]);
  uploads.cancel('a.md');
  const { signal, onProgress } = api.put.mock.calls[0]?.[2] ?? {};
  expect(signal?.aborted).toBe(true);
  onProgress?.(3, 5);
  reject(new Error('It was cancelled.'));
  await settled();
  expect(rows.get('a.md')).toEqual({ id: 'a.md', document: documentOf('a.md'), isOurs: true });
});

it('says once that a key may not put anything in', async () => {
  const { api, rows, onForbidden, uploads } = open();
  api.put.mockRejectedValue(refused);
  uploads.add([planned('a.md')]);
  await settled();
  expect(api.put).toHaveBeenCalledTimes(1);
  expect(rows.get('a.md')?.upload).toEqual({ phase: 'broken', problem: 'No write.' });
  expect(onForbidden).toHaveBeenCalledWith('No write.');
});
