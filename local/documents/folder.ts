import { lstat, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { metadataSuffix } from '../../lib/rag/ingest/metadata.ts';

/** A file that can become a document. */
export interface FolderDocument {
  /** Its path in the folder, with slashes, in Unicode's composed form. */
  id: string;
  path: string;
  contentType: string;
}

export interface Folder {
  documents: FolderDocument[];
  /** Files that were left out, and why, in words for a person. */
  skipped: { id: string; reason: string }[];
}

const contentTypes: Readonly<Record<string, string>> = {
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.txt': 'text/plain',
  '.text': 'text/plain',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.pdf': 'application/pdf',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.ndjson': 'application/x-ndjson',
};

/** More than this is a mistake in the folder's name rather than a collection for a laptop. */
const maxFiles = 10_000;

const maxBytes = 100 * 1024 * 1024;

/** What the API takes no document by, since it would not come through a URL or an object's key as it is. */
const unusable = /[\p{Cc}\p{Cs}\\#?%*]/u;

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

/** These files of a folder: those that can become documents, and those that cannot. */
export async function sortFiles(root: string, files: string[]): Promise<Folder> {
  const folder: Folder = { documents: [], skipped: [] };
  for (const file of files.toSorted()) {
    const contentType = contentTypes[extname(file).toLowerCase()];
    const id = file.normalize('NFC');
    const path = join(root, file);
    if (id.endsWith(metadataSuffix))
      folder.skipped.push({ id, reason: 'it is the metadata of another file' });
    else if (contentType === undefined)
      folder.skipped.push({ id, reason: 'its kind is not one that can be read' });
    else if (unusable.test(id) || id.length > 300)
      folder.skipped.push({ id, reason: 'its name cannot be an id' });
    else if ((await lstat(path)).size > maxBytes)
      folder.skipped.push({ id, reason: 'it is larger than 100 MB' });
    else folder.documents.push({ id, path, contentType });
  }
  return folder;
}
