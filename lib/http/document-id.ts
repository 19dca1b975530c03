import * as z from 'zod';
import { metadataSuffix } from '../rag/ingest/metadata.ts';

/**
 * Id of a document: a name, or several as a path (`guides/start.md`). It becomes part of an object's key, so segments
 * that S3 clients or URLs treat in a way of their own are refused, and so are the endings that are
 * routes or a metadata file's.
 */
export const documentId = z
  .string()
  // One spelling is one document; first, because composing can make an id longer.
  .normalize('NFC')
  .max(300, 'must be at most 300 characters')
  .refine((id) => Buffer.byteLength(id) <= 900, 'must be at most 900 bytes')
  .refine((id) => !/[\p{Cc}\p{Cs}\\#?%*]/u.test(id), 'must not hold control characters or any of \\ # ? % *')
  .refine(
    (id) => id.split('/').every(isSegment),
    'must be names joined by single slashes, none of them . or ..',
  )
  .refine(
    (id) => !/\/(?:upload|retry|chunks\/\d+)$/.test(id),
    'must not end in /upload, /retry or /chunks/ and a number',
  )
  .refine((id) => !id.endsWith(metadataSuffix), `must not end in ${metadataSuffix}`);

function isSegment(segment: string): boolean {
  return segment.trim() !== '' && segment !== '.' && segment !== '..';
}
