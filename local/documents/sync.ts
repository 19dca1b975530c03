import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { mapBounded } from '../../lib/async/map-bounded.ts';
import { metadataSuffix } from '../../lib/rag/ingest/metadata.ts';
import type { FolderDocument } from './folder.ts';
import type { DocumentView } from './states.ts';

/** Where the folder's documents stand in the bucket: the tenant and the collection that requests have by default. */
const prefix = 'default/main/';

/** Object metadata by which a later start knows what an earlier one has put. */
const mark = { 'raglan-source': 'documents-dir' };

const callsAtOnce = 4;

/** A document that was put: the moment just before (ISO 8601), and how large it is. */
export interface Put {
  at: string;
  bytes: number;
}

export interface SyncResult {
  /** Documents that were put, or whose metadata was, by id. */
  put: Map<string, Put>;
  /** Ids of documents, and names of metadata files, that are gone from the folder and now from the bucket. */
  removed: string[];
}

/**
 * Makes the bucket hold what the folder holds: puts what is new, has other bytes or never became ready, removes what an
 * earlier start had put and is gone. Objects that came another way are left alone. The objects' events do the rest.
 */
export async function syncDocuments(
  { s3, bucket }: { s3: S3Client; bucket: string },
  { documents, states }: { documents: FolderDocument[]; states: ReadonlyMap<string, DocumentView> },
  signal: AbortSignal,
): Promise<SyncResult> {
  const stored = await listETags(s3, bucket, signal);
  const put = new Map<string, Put>();
  const putFile = async (name: string, Body: Buffer, ContentType: string, abortSignal: AbortSignal) => {
    const object = { Bucket: bucket, Key: prefix + name, Body, ContentType, Metadata: mark };
    await s3.send(new PutObjectCommand(object), { abortSignal });
  };
  await mapBounded(documents, { limit: callsAtOnce, signal }, async (document, _, abortSignal) => {
    const { id, path, contentType, bytes, metadataPath } = document;
    const made = { at: new Date().toISOString(), bytes };
    // Before the document, which is then read once and not twice.
    if (metadataPath !== undefined) {
      const name = id + metadataSuffix;
      const metadata = await readFile(metadataPath, { signal: abortSignal });
      if (stored.get(name) !== eTagOf(metadata)) {
        put.set(id, made);
        await putFile(name, metadata, 'application/json', abortSignal);
      }
    }
    const body = await readFile(path, { signal: abortSignal });
    if (stored.get(id) === eTagOf(body) && states.get(id)?.state === 'ready') return;
    put.set(id, made);
    await putFile(id, body, contentType, abortSignal);
  });
  const present = new Set(
    documents.flatMap(({ id, metadataPath }) => (metadataPath ? [id, id + metadataSuffix] : [id])),
  );
  const others = Array.from(stored.keys()).filter((id) => !present.has(id));
  const gone = await mapBounded(others, { limit: callsAtOnce, signal }, async (id, _, abortSignal) => {
    const object = { Bucket: bucket, Key: prefix + id };
    const { Metadata = {} } = await s3.send(new HeadObjectCommand(object), { abortSignal });
    if (Metadata['raglan-source'] !== mark['raglan-source']) return undefined;
    await s3.send(new DeleteObjectCommand(object), { abortSignal });
    return id;
  });
  return { put, removed: gone.filter((id) => id !== undefined) };
}

function eTagOf(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}

/** ETags by id, which are MD5 digests unless the bucket encrypts with keys of its own; then everything is put anew. */
async function listETags(s3: S3Client, bucket: string, signal: AbortSignal): Promise<Map<string, string>> {
  const eTags = new Map<string, string>();
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const page = await s3.send(command, { abortSignal: signal });
    for (const { Key = '', ETag = '' } of page.Contents ?? []) {
      eTags.set(Key.slice(prefix.length), ETag.replaceAll('"', ''));
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return eTags;
}
