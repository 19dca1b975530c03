import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFolder } from '../temporary-folder.ts';

type Folder = Awaited<ReturnType<typeof createFolder>>;

const local = (file: string) => new URL(`../../../local/${file}`, import.meta.url).pathname;

let documents: Folder;
let data: Folder;
let server: ChildProcess | undefined;

beforeEach(async () => {
  documents = await createFolder({ 'a.md': '# Apples\n\nApples are red when they are ripe.' });
  data = await createFolder();
});
afterEach(async () => {
  if (server) await stop(server);
  server = undefined;
  await Promise.all([documents.remove(), data.remove()]);
});

const environment = () => ({
  ...{ PATH: process.env['PATH'], DOCUMENTS_DIR: documents.path, DATA_DIR: data.path },
  ...{ PORT: '0', AUTH: 'keys' },
});

/** `npm run keys --`, without npm. */
async function keys(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [local('keys.ts'), ...args], {
    env: environment(),
  });
  return stdout;
}

/** `npm start`, without npm; resolves with its address once it has read the documents. */
async function start(): Promise<string> {
  server = spawn(process.execPath, [local('main.ts')], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let url = '';
  for await (const line of createInterface({ input: server.stdout! })) {
    url ||= /http:\/\/localhost:\d+/.exec(line)?.[0] ?? '';
    if (line.startsWith('Read 1 document')) return url;
  }
  throw new Error('The server has ended.');
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function statusOf(url: string, key?: string): Promise<number> {
  const response = await fetch(`${url}/ask`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ question: 'When are apples red?' }),
  });
  await response.arrayBuffer();
  return response.status;
}

it('keys are made before the server starts and while it runs, and it wants one of them', async () => {
  const before = (await keys('create', '--name', 'before')).trim();
  expect(before).toMatch(/^rgl_default_[0-9a-f]{16}_[0-9a-f]{64}$/);
  const url = await start();
  const during = (await keys('create', '--name', 'during', '--scope', 'write')).trim();
  const statuses = [await statusOf(url), await statusOf(url, before), await statusOf(url, during)];
  expect(statuses).toEqual([401, 200, 403]);
  await expect(keys('revoke', before)).resolves.toContain('Revoked');
  const list = await keys('list');
  expect(list).toMatch(/before.*revoked/);
  expect(list).toMatch(/during.*write.*valid/);
  // No secret is ever told again.
  for (const key of [before, during]) expect(list).not.toContain(key.slice(-64));
}, 120_000);

it('the server makes a key for its user, once, that nobody else can read', async () => {
  let url = await start();
  const file = join(data.path, 'key');
  const key = (await readFile(file, 'utf8')).trim();
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(await statusOf(url, key)).toBe(200);
  await stop(server!);
  await documents.write('a.md', '# Apples\n\nApples are green.');
  url = await start();
  expect((await readFile(file, 'utf8')).trim()).toBe(key);
  expect(await statusOf(url, key)).toBe(200);
}, 120_000);

it('what is wrong is told with how to say it right', async () => {
  await expect(keys('create')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('Usage:') });
  await expect(keys('revoke', '0123456789abcdef')).rejects.toMatchObject({ code: 1 });
});
