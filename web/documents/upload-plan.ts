import { idOf, problemOfId } from './document-id.ts';
import { problemOfFormat } from './formats.ts';
import type { ChosenFile } from './types.ts';

/** Files that may wait at once; for more there is `npm run ingest`, which needs no page to stay open. */
export const maxWaiting = 1_000;

/** A request's body may have so many bytes; what is larger goes by the presigned form. */
const largestPutBytes = 4 * 1024 * 1024;

/** A file that can go in, and as which document. */
export interface Planned {
  id: string;
  file: File;
}

/** Which files go in, and which do not, with the reason. */
export interface UploadPlan {
  files: Planned[];
  leftOut: { path: string; problem: string }[];
}

/**
 * Sorts files into those that go in, by id, and those that cannot, before any byte is sent. `open` is how many are
 * on their way already.
 */
export function planUploads(chosen: readonly ChosenFile[], open: number): UploadPlan {
  const files = new Map<string, Planned>();
  const leftOut: UploadPlan['leftOut'] = [];
  for (const { path, file } of chosen.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const id = idOf(path);
    const problem =
      problemOfId(id) ??
      problemOfFormat({ id, bytes: file.size }) ??
      (files.has(id) ? 'Another file of the same name goes in already.' : undefined) ??
      (open + files.size >= maxWaiting ? tooMany : undefined);
    if (problem === undefined) files.set(id, { id, file });
    else leftOut.push({ path, problem });
  }
  return { files: Array.from(files.values()), leftOut };
}

const tooMany = `Only ${maxWaiting.toLocaleString('en')} files can wait at once. Put it in later, or take npm run ingest.`;

/** How a file of so many bytes goes in. */
export function routeOf(bytes: number): 'put' | 'form' {
  return bytes <= largestPutBytes ? 'put' : 'form';
}
