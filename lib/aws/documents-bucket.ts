import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { RagError } from '../rag/errors.ts';
import { maxDocumentBytes } from '../rag/ingest/acceptance.ts';
import { documentMediaType } from '../rag/ingest/media-types.ts';
import { maxFileBytes, metadataAttributes, metadataSuffix } from '../rag/ingest/metadata.ts';
import type { DocumentBucket, ObjectAttributes } from '../rag/ports/originals.ts';
import type { Scope } from '../rag/types.ts';

const uploadSeconds = 5 * 60;

/** A client whose region, credentials and endpoint come from the SDK's own environment. */
export function createS3(): S3Client {
  return new S3Client({
    maxAttempts: 3,
    // A large body may take long, but not without a byte for ten seconds.
    requestHandler: { connectionTimeout: 1_000, socketTimeout: 10_000 },
  });
}

/** The object's key: the scope as folders, then the document's id, which may have folders of its own. */
export function objectKey(key: { scope: Scope; id: string }): string {
  return `${key.scope}/${key.id}`;
}

/** What tenants and collections are called; anything else could run into the separators of the tables' keys. */
const scopeName = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Scope and id of an object's key, or undefined for a key that is not a document's. */
export function fromObjectKey(key: string): { scope: Scope; id: string } | undefined {
  const [tenant = '', collection = '', ...rest] = key.split('/');
  const id = rest.join('/');
  // A key that ends in a slash is a folder that some S3 clients make.
  if (!scopeName.test(tenant) || !scopeName.test(collection) || /(?:^|\/)$/.test(id)) return undefined;
  return { scope: `${tenant}/${collection}`, id };
}

/** Documents' originals in their bucket. An object's version is its ETag. */
export function createDocumentBucket(client: S3Client, bucket: string): DocumentBucket {
  const target = (key: { scope: Scope; id: string }) => ({ Bucket: bucket, Key: objectKey(key) });
  const readBeside = async (key: { scope: Scope; id: string }, signal: AbortSignal) => {
    const { Bucket, Key } = target(key);
    // A byte more than is allowed tells that there is more.
    const Range = `bytes=0-${maxFileBytes}`;
    const command = new GetObjectCommand({ Bucket, Key: `${Key}${metadataSuffix}`, Range });
    const object = await found(signal, client.send(command, { abortSignal: signal }));
    return object?.Body && (await found(signal, object.Body.transformToString('utf8')));
  };
  return {
    head: async (key, { signal }) => {
      const command = new HeadObjectCommand(target(key));
      const [head, beside] = await Promise.all([
        found(signal, client.send(command, { abortSignal: signal })),
        readBeside(key, signal),
      ]);
      if (!head) return undefined;
      const attributes = toAttributes(head.Metadata, beside);
      return {
        version: head.ETag ?? '',
        contentType: documentMediaType(head.ContentType, key.id) ?? 'application/octet-stream',
        size: head.ContentLength ?? 0,
        ...(attributes && { attributes }),
      };
    },
    read: async ({ version, ...key }, { signal }) => {
      const command = new GetObjectCommand({ ...target(key), IfMatch: version });
      const object = await found(signal, client.send(command, { abortSignal: signal }));
      if (object?.ETag !== version || !object.Body) return undefined;
      return await found(signal, object.Body.transformToByteArray());
    },
    put: async (key, { body, contentType, own }, { signal }) => {
      const object = { Body: body, ContentType: contentType, ...(own && { Metadata: own }) };
      const command = new PutObjectCommand({ ...target(key), ...object });
      const output = await found(signal, client.send(command, { abortSignal: signal }));
      return { version: output?.ETag ?? '' };
    },
    remove: async (key, { signal }) => {
      await found(signal, client.send(new DeleteObjectCommand(target(key)), { abortSignal: signal }));
    },
    uploadForm: async (key, { contentType, own = {} }) => {
      const { Bucket, Key } = target(key);
      const form = await createPresignedPost(client, {
        Bucket,
        Key,
        Expires: uploadSeconds,
        Fields: { 'Content-Type': contentType, ...asFormFields(own) },
        Conditions: [
          ['content-length-range', 1, maxDocumentBytes],
          ['eq', '$Content-Type', contentType],
        ],
      });
      return { ...form, expiresInSeconds: uploadSeconds };
    },
    uri: (key) => `s3://${bucket}/${objectKey(key)}`,
  };
}

/** What stands with an object, without what is somebody else's; undefined if nothing is left. */
function toAttributes(
  metadata: Record<string, string> | undefined,
  beside: string | undefined,
): ObjectAttributes | undefined {
  const all = new Map(Object.entries(metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  // In one order, whatever the headers came in: the document's version is made of it.
  const own = Object.fromEntries(
    metadataAttributes.flatMap((name) => {
      const value = all.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Record<string, string>;
  if (beside === undefined && Object.keys(own).length === 0) return undefined;
  return { own, ...(beside !== undefined && { beside }) };
}

function asFormFields(own: ObjectAttributes['own']): Record<string, string> {
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [`x-amz-meta-${name}`, value]));
}

/** Awaits a call to S3; what is not there, or not there in this version, is undefined. */
async function found<T>(signal: AbortSignal, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    signal.throwIfAborted();
    const status = (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;
    if (status === 404 && (error as Error).name !== 'NoSuchBucket') return undefined;
    if (status === 412) return undefined;
    // Nothing is in the range that was asked for: the object is empty.
    if (status === 416) return undefined;
    throw new RagError('storage_unavailable', "The documents' bucket did not answer. Try again shortly.", {
      cause: error,
    });
  }
}
