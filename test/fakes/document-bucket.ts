import { createHash } from 'node:crypto';
import { documentMediaType } from '../../lib/rag/ingest/media-types.ts';
import { maxFileBytes, metadataAttributes } from '../../lib/rag/ingest/metadata.ts';
import type { DocumentBucket, ObjectAttributes } from '../../lib/rag/ports/originals.ts';
import type { Scope } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** An object as the fake keeps it. */
interface StoredObject {
  body: Uint8Array;
  contentType: string;
  own?: ObjectAttributes['own'];
}

/** Objects in memory. */
export function createFakeBucket(calls: Calls): DocumentBucket & { entries: Map<string, StoredObject> } {
  const entries = new Map<string, StoredObject>();
  const at = ({ scope, id }: { scope: Scope; id: string }) => `${scope}/${id}`;
  const versionOf = (body: Uint8Array) => `"${createHash('md5').update(body).digest('hex')}"`;
  return {
    entries,
    head: (key, { signal }) =>
      calls.take('bucket.head', key, signal, () => {
        const object = entries.get(at(key));
        if (!object) return undefined;
        const file = entries.get(`${at(key)}.metadata.json`);
        const beside = file && new TextDecoder().decode(file.body.subarray(0, maxFileBytes + 1));
        const own = Object.fromEntries(
          Object.entries(object.own ?? {}).filter(([name]) => metadataAttributes.includes(name)),
        );
        const attributes = { own, ...(beside !== undefined && { beside }) };
        return {
          version: versionOf(object.body),
          contentType: documentMediaType(object.contentType, key.id) ?? object.contentType,
          size: object.body.length,
          ...((object.own ?? file) && { attributes }),
        };
      }),
    read: ({ version, ...key }, { signal }) =>
      calls.take('bucket.read', { version, ...key }, signal, () => {
        const object = entries.get(at(key));
        return object && versionOf(object.body) === version ? Uint8Array.from(object.body) : undefined;
      }),
    put: (key, { body, contentType, own }, { signal }) =>
      calls.take('bucket.put', key, signal, () => {
        entries.set(at(key), { body: Uint8Array.from(body), contentType, ...(own && { own }) });
        return { version: versionOf(body) };
      }),
    remove: (key, { signal }) =>
      calls.take('bucket.remove', key, signal, () => {
        entries.delete(at(key));
      }),
    uploadForm: async (key, { contentType, own = {} }) => ({
      url: 'https://bucket.example/',
      fields: {
        ...{ key: at(key), 'Content-Type': contentType },
        ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`x-amz-meta-${name}`, value])),
      },
      expiresInSeconds: 300,
    }),
    uri: (key) => `s3://documents/${at(key)}`,
  };
}
