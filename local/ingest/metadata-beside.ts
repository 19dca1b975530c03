import { readFile } from 'node:fs/promises';
import { RagError } from '../../lib/rag/errors.ts';
import { readMetadata } from '../../lib/rag/ingest/metadata.ts';
import type { Metadata } from '../../lib/rag/types.ts';
import type { FolderDocument } from '../documents/folder.ts';
import { DocumentFailure } from './failures.ts';

/** What the metadata file beside a file says, as the product reads it. Throws DocumentFailure if that is wrong. */
export async function metadataBeside(
  { metadataPath }: FolderDocument,
  signal: AbortSignal,
): Promise<Metadata | undefined> {
  if (metadataPath === undefined) return undefined;
  const beside = await readFile(metadataPath, { encoding: 'utf8', signal });
  try {
    return readMetadata({ own: {}, beside });
  } catch (error) {
    if (!(error instanceof RagError)) throw error;
    throw new DocumentFailure(`${error.message} Correct the metadata file beside it.`, { cause: error });
  }
}
