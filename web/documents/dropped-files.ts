import { maxWaiting } from './upload-plan.ts';
import type { ChosenFile } from './types.ts';

/** Whoever drops a whole disk learns that it is too much from fewer of its files. */
const mostEntries = 2 * maxWaiting;

/** What was dropped, to be called in the event's own turn: after it, the browser has forgotten. */
export function takeDrop(transfer: DataTransfer): () => Promise<ChosenFile[]> {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === 'file');
  const entries: FileSystemEntry[] = [];
  const files: File[] = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry();
    // What comes from another program may be no part of a file system.
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    if (file) files.push(file);
  }
  return async () => [...files.map((file) => ({ path: file.name, file })), ...(await filesOf(entries))];
}

/** What was chosen by the file dialog; files of a folder bring their paths. */
export function takeChosen(files: FileList | null): ChosenFile[] {
  return Array.from(files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/**
 * The files of folders and of folders in them, by their paths with the folder's name. Hidden files and `node_modules`
 * are none of them.
 */
async function filesOf(entries: readonly FileSystemEntry[]): Promise<ChosenFile[]> {
  const files: ChosenFile[] = [];
  const open = [...entries];
  for (let entry = open.shift(); entry && files.length < mostEntries; entry = open.shift()) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (isFolder(entry)) open.push(...(await entriesOf(entry)));
    else if (isFile(entry))
      files.push({ path: entry.fullPath.replace(/^\/+/, ''), file: await fileOf(entry) });
  }
  return files;
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  // Browsers hand over a hundred at a time, and nothing at the end.
  while (all.length < mostEntries) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) break;
    all.push(...some);
  }
  return all;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
