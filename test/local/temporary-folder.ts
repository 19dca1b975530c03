import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder for one test, with files by path. */
export async function createFolder(files: Record<string, string> = {}): Promise<{
  path: string;
  write(file: string, content: string): Promise<void>;
  remove(): Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'raglan-test-'));
  const write = async (file: string, content: string) => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), content);
  };
  for (const [file, content] of Object.entries(files)) await write(file, content);
  return { path, write, remove: () => rm(path, { recursive: true, maxRetries: 3 }) };
}
