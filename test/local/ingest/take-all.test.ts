import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../../../local/documents/ingestion.ts';
import { DocumentFailure, ServerFailure } from '../../../local/ingest/failures.ts';
import type { DocumentView, Server } from '../../../local/ingest/server.ts';
import { takeAll } from '../../../local/ingest/take-all.ts';
import { createFolder } from '../temporary-folder.ts';

const { signal } = new AbortController();
const large = 'x'.repeat(4 * 1024 * 1024 + 1);
let folder: Awaited<ReturnType<typeof createFolder>>;
beforeEach(() =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], shouldAdvanceTime: true }),
);
afterEach(async () => {
  vi.useRealTimers();
  await folder.remove();
});

/** A record as it is after so many changes. */
const view = (state: DocumentView['state'], change: number, more: Partial<DocumentView> = {}) => ({
  ...{ state, updatedAt: String(change), chunks: 4, chunksDone: 0 },
  ...more,
});

/** A server whose records go through these, one a look; the last stays. */
function serverOf(looks: Record<string, (DocumentView | undefined)[]>) {
  const calls: string[] = [];
  const next = (id: string) => {
    const rest = looks[id] ?? [];
    return rest.length > 1 ? rest.shift() : rest[0];
  };
  const server: Server = {
    check: async () => undefined,
    put: async (id, body, { contentType }) => {
      calls.push(`put ${id} ${body.length} ${contentType}`);
      return next(id)!;
    },
    upload: async (id, file) => void calls.push(`upload ${id} ${file.size}`),
    get: async (id) => next(id),
    retry: async (id) => {
      calls.push(`retry ${id}`);
      return next(id)!;
    },
  };
  return { server, calls };
}

async function take(
  server: Server,
  files: Record<string, string>,
  onProgress: (p: Progress) => void = () => {},
) {
  folder = await createFolder(files);
  const documents = Object.keys(files).map((id) => ({
    ...{ id, path: join(folder.path, id), contentType: 'text/plain', bytes: 1 },
  }));
  return takeAll(server, documents, { signal, onProgress });
}

describe('a file', () => {
  it('is put and followed until it is ready', async () => {
    const { server, calls } = serverOf({
      'a.txt': [
        view('received', 1),
        view('parsing', 2),
        view('embedding', 3, { chunksDone: 1 }),
        view('ready', 4),
      ],
    });
    const seen: Progress[] = [];
    expect(await take(server, { 'a.txt': 'Hello' }, (progress) => seen.push(progress))).toEqual({
      ready: 1,
      failed: [],
    });
    expect(calls).toEqual(['put a.txt 5 text/plain']);
    expect(seen).toEqual([
      { done: 0, total: 1, fraction: 0 },
      { done: 0, total: 1, fraction: 0.25 },
      { done: 1, total: 1, fraction: 1 },
    ]);
  });

  it('that is served already takes one call', async () => {
    const { server, calls } = serverOf({ 'a.txt': [view('ready', 1), view('received', 2)] });
    expect(await take(server, { 'a.txt': 'Hello' })).toMatchObject({ ready: 1 });
    expect(calls).toHaveLength(1);
  });

  it('over 4 MB goes by the form; the record of the version before does not count', async () => {
    const reason = { message: 'It has no text.', whatToDo: 'Run OCR.' };
    const { server, calls } = serverOf({
      'b.txt': [
        view('ready', 1, { etag: '"other"' }),
        view('ready', 1),
        view('parsing', 2),
        view('failed', 3, { reason }),
      ],
    });
    expect(await take(server, { 'b.txt': large })).toMatchObject({ ready: 0, failed: [{ id: 'b.txt' }] });
    expect(calls).toEqual([`upload b.txt ${large.length}`]);
  });

  it('over 4 MB whose bytes are there already is not sent but checked', async () => {
    const etag = `"${createHash('md5').update(large).digest('hex')}"`;
    const same = { etag, contentType: 'text/plain' };
    const { server, calls } = serverOf({
      'b.txt': [view('ready', 1, same), view('received', 2, same), view('ready', 3, same)],
    });
    expect(await take(server, { 'b.txt': large })).toMatchObject({ ready: 1 });
    expect(calls).toEqual(['retry b.txt']);
  });
});

describe('what fails', () => {
  it('is told with its reason and what to do, and keeps nobody else from being read', async () => {
    const reason = { message: 'It has no text.', whatToDo: 'Run OCR.' };
    const said = { message: 'It is too large. Split it.', whatToDo: 'Split it.' };
    const { server } = serverOf({
      'z.txt': [view('received', 1), view('failed', 2, { reason })],
      'm.txt': [view('received', 1), view('failed', 2, { reason: said })],
      'good.txt': [view('received', 1), view('ready', 2)],
      'gone.txt': [view('received', 1), undefined],
    });
    const files = { 'z.txt': '', 'm.txt': '', 'good.txt': '', 'gone.txt': '' };
    expect(await take(server, files)).toEqual({
      ready: 1,
      failed: [
        { id: 'gone.txt', reason: 'It was deleted meanwhile.' },
        { id: 'm.txt', reason: 'It is too large. Split it.' },
        { id: 'z.txt', reason: 'It has no text. Run OCR.' },
      ],
    });
  });

  it('by the server refusing it is told in its words', async () => {
    const { server } = serverOf({});
    server.put = () => Promise.reject(new DocumentFailure('Not this one.'));
    expect(await take(server, { 'a.txt': '' })).toMatchObject({
      failed: [{ id: 'a.txt', reason: 'Not this one.' }],
    });
  });

  it('by not being there any more is a matter of that file', async () => {
    const { server } = serverOf({ 'a.txt': [view('ready', 1)] });
    folder = await createFolder({ 'a.txt': 'x' });
    const documents = ['a.txt', 'b.txt'].map((id) => ({
      ...{ id, path: join(folder.path, id), contentType: 'text/plain', bytes: 1 },
    }));
    const { ready, failed } = await takeAll(server, documents, { signal, onProgress: () => {} });
    expect([ready, failed]).toEqual([
      1,
      [{ id: 'b.txt', reason: expect.stringContaining('cannot be read') }],
    ]);
  });

  it('by the server going away ends everything', async () => {
    const { server } = serverOf({});
    server.put = () => Promise.reject(new ServerFailure('Gone.'));
    await expect(take(server, { 'a.txt': '', 'b.txt': '' })).rejects.toThrow('Gone.');
  });

  it('by standing still is given up', async () => {
    const { server, calls } = serverOf({ 'a.txt': [view('received', 1)] });
    const taking = take(server, { 'a.txt': '' });
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(21 * 60_000);
    expect((await taking).failed[0]?.reason).toMatch(/^Nothing has moved for 20 minutes\./);
  });
});
