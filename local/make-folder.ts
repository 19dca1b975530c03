import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Throws what the system says: Node's own `recursive` never ends where
 * a folder cannot be made because it is said to be missing, as below `/proc`.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const isAtTop = dirname(path) === path;
    if (isAtTop || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    // A file in its place shows when something is written into it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
