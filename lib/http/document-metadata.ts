import { isDeepStrictEqual } from 'node:util';
import { RagError } from '../rag/errors.ts';
import { parseMetadata, readMetadata, toMetadata, toOwnAttributes } from '../rag/ingest/metadata.ts';
import type { ObjectAttributes } from '../rag/ports/originals.ts';
import type { DocumentRecord } from '../rag/types.ts';

/** Header of a put that holds metadata as JSON, percent-encoded, since headers are ASCII. */
const header = 'x-raglan-metadata';

/** What a put stores with its object. Throws RagError `invalid_metadata`. */
export function attributesOfHeaders(
  headers: Readonly<Record<string, string | undefined>>,
): ObjectAttributes['own'] | undefined {
  const sent = headers[header];
  if (sent === undefined) return undefined;
  const metadata = parseMetadata(decode(sent));
  return metadata && toOwnAttributes(metadata);
}

/** The same of the metadata in a body. */
export function attributesOfBody(sent: unknown): ObjectAttributes['own'] | undefined {
  const metadata = sent === undefined ? undefined : toMetadata(sent);
  return metadata && toOwnAttributes(metadata);
}

/** Whether a record has exactly the metadata that stands with its object. */
export function hasMetadataOf(record: DocumentRecord, attributes: ObjectAttributes | undefined): boolean {
  try {
    return isDeepStrictEqual(record.metadata, readMetadata(attributes));
  } catch {
    // What cannot be read was never made a record's.
    return false;
  }
}

function decode(sent: string): string {
  try {
    return decodeURIComponent(sent);
  } catch (error) {
    throw new RagError('invalid_metadata', `The header ${header} is not valid percent-encoding.`, {
      cause: error,
    });
  }
}
