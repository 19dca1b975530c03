import { createHash } from 'node:crypto';
import type { DocumentBucket } from '../../lib/rag/ports.ts';
import type { Scope } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** Objects in memory. */
export function createFakeBucket(
  calls: Calls,
): DocumentBucket & { entries: Map<string, { body: Uint8Array; contentType: string }> } {
  const entries = new Map<string, { body: Uint8Array; contentType: string }>();
  const at = ({ scope, id }: { scope: Scope; id: string }) => `${scope}/${id}`;
  const versionOf = (body: Uint8Array) => `"${createHash('md5').update(body).digest('hex')}"`;
  return {
    entries,
    head: (key, { signal }) =>
      calls.take('bucket.head', key, signal, () => {
        const object = entries.get(at(key));
        return (
          object && {
            version: versionOf(object.body),
            contentType: object.contentType,
            size: object.body.length,
          }
        );
      }),
    read: ({ version, ...key }, { signal }) =>
      calls.take('bucket.read', { version, ...key }, signal, () => {
        const object = entries.get(at(key));
        return object && versionOf(object.body) === version ? Uint8Array.from(object.body) : undefined;
      }),
    put: (key, { body, contentType }, { signal }) =>
      calls.take('bucket.put', key, signal, () => {
        entries.set(at(key), { body: Uint8Array.from(body), contentType });
        return { version: versionOf(body) };
      }),
    remove: (key, { signal }) =>
      calls.take('bucket.remove', key, signal, () => {
        entries.delete(at(key));
      }),
    uploadForm: async (key, contentType) => ({
      url: 'https://bucket.example/',
      fields: { key: at(key), 'Content-Type': contentType },
      expiresInSeconds: 300,
    }),
    uri: (key) => `s3://documents/${at(key)}`,
  };
}
