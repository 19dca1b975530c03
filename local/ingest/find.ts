import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { metadataSuffix } from '../../lib/rag/ingest/metadata.ts';
import { readFolder, sortFiles, type Folder, type FolderDocument } from '../documents/folder.ts';
import { UsageFailure } from './failures.ts';

/** What is to be put in. */
export interface Found {
  documents: FolderDocument[];
  /** Files in folders that are no documents, with the reason. */
  skipped: Folder['skipped'];
  /** Files that were named and cannot be put in, with the reason. */
  refused: Folder['skipped'];
}

/**
 * The documents of folders, by their paths in them, and files, by their names; who names a metadata file names the file
 * that it is about. Throws UsageFailure for a path that is not
 * there, and for two files that would become one document.
 */
export async function findDocuments(paths: readonly string[]): Promise<Found> {
  const found: Found = { documents: [], skipped: [], refused: [] };
  for (const path of paths) {
    const { documents, skipped, isFolder } = await read(path);
    found.documents.push(...documents);
    (isFolder ? found.skipped : found.refused).push(...skipped);
  }
  return { ...found, documents: distinct(found.documents) };
}

async function read(path: string): Promise<Folder & { isFolder: boolean }> {
  const known = await look(path);
  if (known?.isFile()) return { ...(await readFile(path)), isFolder: false };
  if (!known?.isDirectory()) throw new UsageFailure(`There is no file or folder ${path}.`);
  try {
    return { ...(await readFolder(path)), isFolder: true };
  } catch (error) {
    throw new UsageFailure((error as Error).message, { cause: error });
  }
}

async function readFile(path: string): Promise<Folder> {
  const name = basename(path.endsWith(metadataSuffix) ? path.slice(0, -metadataSuffix.length) : path);
  const folder = dirname(path);
  const names = [name, name + metadataSuffix];
  const found = await Promise.all(names.map(async (each) => (await look(join(folder, each)))?.isFile()));
  return sortFiles(
    folder,
    names.filter((_, index) => found[index]),
  );
}

async function look(path: string): Promise<Stats | undefined> {
  return await stat(path).catch(() => undefined);
}

/** Each file once, however often it was named. */
function distinct(documents: readonly FolderDocument[]): FolderDocument[] {
  const byId = new Map<string, FolderDocument>();
  for (const document of documents) {
    const { id, path } = document;
    const other = byId.get(id);
    if (other && other.path !== path) {
      throw new UsageFailure(
        `${other.path} and ${path} would both become the document ${id}.\nName a folder above both, or give each a collection of its own.`,
      );
    }
    byId.set(id, document);
  }
  return Array.from(byId.values());
}
