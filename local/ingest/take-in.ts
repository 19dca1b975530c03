import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { delay } from '../../lib/async/delay.ts';
import type { FolderDocument } from '../documents/folder.ts';
import { DocumentFailure } from './failures.ts';
import { metadataBeside } from './metadata-beside.ts';
import type { DocumentView, Kind, Server } from './server.ts';

/** What is larger goes by the form, since it is more than a request may hold. */
const largestPutBytes = 4 * 1024 * 1024;

/** The first and the longest wait between two looks at a document, in milliseconds. */
const lookMs = { first: 50, longest: 1_000 };

/** How long nothing may move: longer than the wait before a document that failed is tried again. */
const patienceMs = 20 * 60_000;

export interface TakeInOptions {
  signal: AbortSignal;
  /** Hears how much of the document is done, 0 to 1. */
  onProgress: (fraction: number) => void;
}

/**
 * Puts a file in and waits until it is ready. What the server has already, bytes and metadata, is not sent
 * again but checked. Throws
 * DocumentFailure with the reason and what to do, and what the server's calls throw.
 */
export async function takeIn(
  server: Server,
  document: FolderDocument,
  options: TakeInOptions,
): Promise<void> {
  const isSmall = (await readable(stat(document.path))).size <= largestPutBytes;
  const metadata = await readable(metadataBeside(document, options.signal));
  const kind = { contentType: document.contentType, ...(metadata && { metadata }) };
  const put = isSmall ? putWhole : putByForm;
  const begun = await put(server, document, kind, options.signal);
  const { state, reason } = await settle(server, document.id, begun, options);
  if (state === 'failed') throw new DocumentFailure(explain(reason));
}

/** A put that was made: the record as it was then known, and whether one tells how that put has ended. */
interface Begun {
  view: DocumentView | undefined;
  isSettled: (view: DocumentView) => boolean;
}

async function putWhole(
  server: Server,
  { id, path }: FolderDocument,
  kind: Kind,
  signal: AbortSignal,
): Promise<Begun> {
  const body = await readable(readFile(path, { signal }));
  // The server says `received` with its answer, unless it serves this already: any end is this put's.
  return { view: await server.put(id, body, kind, signal), isSettled: hasEnded };
}

async function putByForm(
  server: Server,
  { id, path }: FolderDocument,
  kind: Kind,
  signal: AbortSignal,
): Promise<Begun> {
  const [before, etag] = await Promise.all([server.get(id, signal), readable(etagOf(path, signal))]);
  const isSaid =
    before?.contentType === kind.contentType && isDeepStrictEqual(before.metadata, kind.metadata);
  if (before?.etag === etag && isSaid) {
    return { view: await server.retry(id, signal), isSettled: hasEnded };
  }
  await server.upload(id, await openAsBlob(path), kind, signal);
  // Until its event arrives only the bucket knows of it, and the record is still that of the version before.
  const isSettled = (view: DocumentView) => hasEnded(view) && view.updatedAt !== before?.updatedAt;
  return { view: before, isSettled };
}

/** What comes of reading a file; one that cannot be read is a matter of this document alone. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new DocumentFailure('The file cannot be read. May you read it?', { cause: error });
  }
}

function hasEnded({ state }: DocumentView): boolean {
  return state === 'ready' || state === 'failed';
}

/** An object's ETag, which is the MD5 digest of what was put in one piece. */
async function etagOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  for await (const part of createReadStream(path, { signal })) hash.update(part as Buffer);
  return `"${hash.digest('hex')}"`;
}

async function settle(
  server: Server,
  id: string,
  { view: first, isSettled }: Begun,
  { signal, onProgress }: TakeInOptions,
): Promise<DocumentView> {
  let known = first;
  let movedAt = Date.now();
  for (let waitMs = lookMs.first; ; waitMs = Math.min(lookMs.longest, waitMs * 1.5)) {
    if (known && isSettled(known)) return known;
    if (Date.now() - movedAt > patienceMs) {
      throw new DocumentFailure(
        'Nothing has moved for 20 minutes. It may still be read: ask for its state later.',
      );
    }
    await delay(waitMs, { signal });
    const view = await server.get(id, signal);
    if (!view && known) throw new DocumentFailure('It was deleted meanwhile.');
    if (view?.updatedAt !== known?.updatedAt) movedAt = Date.now();
    known = view;
    if (view?.state === 'embedding' && view.chunks > 0) {
      onProgress(Math.min(1, view.chunksDone / view.chunks));
    }
  }
}

/** Why it failed and what to do, where the one does not say the other already. */
function explain(reason: DocumentView['reason']): string {
  if (!reason) return 'It failed, and the server does not say why.';
  const { message, whatToDo } = reason;
  return message.includes(whatToDo) ? message : `${message} ${whatToDo}`;
}
