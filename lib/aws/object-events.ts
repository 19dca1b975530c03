import * as z from 'zod';
import { RagError } from '../rag/errors.ts';
import { metadataSuffix } from '../rag/ingest/metadata.ts';
import { fromObjectKey } from './documents-bucket.ts';
import type { Scope } from '../rag/types.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html, as far as it is read. */
const notification = z.union([
  z.object({
    Records: z.array(
      z.object({
        s3: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
      }),
    ),
  }),
  // What S3 sends once when the notification is set up.
  z.object({ Event: z.literal('s3:TestEvent') }).transform(() => ({ Records: [] })),
]);

/**
 * The documents that an S3 notification is about, each once. What happened to them is not of interest: the object itself
 * tells; and what happened to a metadata file happened to the document that it is about. Keys that are no document's are
 * left out. Throws if the text is not a notification, or one of another bucket: what that one holds under the same key says
 * nothing about ours.
 */
export function documentsOf(messageBody: string, bucket: string): { scope: Scope; id: string }[] {
  const { Records } = notification.parse(JSON.parse(messageBody));
  if (Records.some(({ s3 }) => s3.bucket.name !== bucket)) {
    throw new RagError('configuration', "The queue gets another bucket's events. Give each bucket its own.");
  }
  // Keys come form-encoded, with + for a space.
  const keys = new Set(
    Records.map(({ s3 }) => documentKeyOf(decodeURIComponent(s3.object.key.replaceAll('+', ' ')))),
  );
  return Array.from(keys).flatMap((key) => fromObjectKey(key) ?? []);
}

function documentKeyOf(key: string): string {
  return key.endsWith(metadataSuffix) ? key.slice(0, -metadataSuffix.length) : key;
}
