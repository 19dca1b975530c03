import type { Folder } from '../documents/folder.ts';
import type { Taken } from './take-all.ts';

/** Files that were left out are named up to so many; a folder may hold thousands of pictures. */
const namedAtMost = 10;

/** What a person is told in the end: how many are ready, what was left out, what failed and why. */
export function summarise(
  { ready, failed }: Taken,
  { skipped, collection, seconds }: { skipped: Folder['skipped']; collection: string; seconds: number },
): string[] {
  const count = ready === 1 ? '1 document is' : `${ready} documents are`;
  const lines = [`${count} ready in the collection ${collection}, after ${seconds.toFixed(1)} s.`];
  for (const { id, reason } of skipped.slice(0, namedAtMost)) lines.push(`Left out: ${id}: ${reason}`);
  if (skipped.length > namedAtMost) lines.push(`Left out: ${skipped.length - namedAtMost} more files`);
  if (failed.length > 0) lines.push(failed.length === 1 ? '1 failed:' : `${failed.length} failed:`);
  for (const { id, reason } of failed) lines.push(`  ${id}: ${reason}`);
  return lines;
}
