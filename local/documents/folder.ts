import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { maxDocumentBytes, problemOfId } from '../../lib/rag/ingest/acceptance.ts';
import { documentMediaType } from '../../lib/rag/ingest/media-types.ts';
import { metadataSuffix } from '../../lib/rag/ingest/metadata.ts';

/** A file that can become a document. */
export interface FolderDocument {
  /** Its path in the folder, with slashes, in Unicode's composed form. */
  id: string;
  path: string;
  contentType: string;
  bytes: number;
  /** Where the file beside it is that holds its metadata, if there is one. */
  metadataPath?: string;
}

export interface Folder {
  documents: FolderDocument[];
  /** Files that were left out, and why, in words for a person. */
  skipped: { id: string; reason: string }[];
}

/** More than this is a mistake in the folder's name rather than a collection for a laptop. */
const maxFiles = 10_000;

/**
 * The documents of a folder and its subfolders. Hidden files, `node_modules` and links are none of them. Throws an Error
 * for a person if there is no such folder, or too much in it.
 */
export async function readFolder(root: string): Promise<Folder> {
  return sortFiles(root, await filesBelow(root, ''));
}

/** The documents of a project: its README, its change log and the Markdown files in `docs`. */
export async function readProjectDocs(root: string): Promise<Folder> {
  const top = await readdir(root);
  const files = ['README.md', 'CHANGELOG.md'].filter((name) => top.includes(name));
  if (top.includes('docs')) files.push(...(await filesBelow(root, 'docs')));
  return sortFiles(
    root,
    files.filter((file) => file.endsWith('.md')),
  );
}

async function filesBelow(root: string, start: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [start];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => {
      throw new Error(`The folder ${join(root, folder ?? '')} cannot be read. Is its name right?`);
    });
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) files.push(path);
      if (files.length > maxFiles) {
        throw new Error(`The folder ${root} holds more than ${maxFiles} files. Take a smaller one.`);
      }
    }
  }
  return files;
}

/**
 * These files of a folder: those that can become documents, each with the metadata file beside it, in the order in which
 * they are best read, and those that cannot.
 */
export async function sortFiles(root: string, files: readonly string[]): Promise<Folder> {
  const folder: Folder = { documents: [], skipped: [] };
  const all = new Set(files);
  for (const file of files.toSorted()) {
    const id = file.normalize('NFC');
    const path = join(root, file);
    const contentType = documentMediaType(undefined, id);
    const problem = problemOfId(id);
    const leaveOut = (reason: string) => folder.skipped.push({ id, reason });
    if (file.endsWith(metadataSuffix)) {
      if (!all.has(file.slice(0, -metadataSuffix.length))) leaveOut('the file that it is about is not there');
    } else if (contentType === undefined) leaveOut('its kind is not one that can be read');
    else if (problem !== undefined) leaveOut(`its name cannot be an id: it ${problem}`);
    else {
      const { size: bytes } = await lstat(path);
      const beside = all.has(file + metadataSuffix) && { metadataPath: path + metadataSuffix };
      if (bytes > maxDocumentBytes) leaveOut('it is larger than 100 MB');
      else folder.documents.push({ id, path, contentType, bytes, ...beside });
    }
  }
  folder.documents.sort((a, b) => depthOf(a) - depthOf(b) || a.bytes - b.bytes);
  return folder;
}

/** What stands at the top tells most of what a folder is about; of those beside each other the small are soon done. */
function depthOf({ id }: FolderDocument): number {
  return id.split('/').length;
}
