import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { close, listen } from '../../local/listen.ts';
import { createFolder } from './temporary-folder.ts';

type Folder = Awaited<ReturnType<typeof createFolder>>;

let documents: Folder;
let data: Folder;
let running: ChildProcess | undefined;

beforeEach(async () => {
  documents = await createFolder({
    'a.md': '# A\n\nApples are red.',
    'b.txt': 'Pears are green.',
    'c.png': '',
  });
  data = await createFolder();
});

afterEach(async () => {
  if (running && running.exitCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  await Promise.all([documents.remove(), data.remove()]);
});

/** `npm start` without npm, on any free port. */
function start(environment: Record<string, string> = {}, args: readonly string[] = []) {
  const main = new URL('../../local/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      PATH: process.env['PATH'],
      DOCUMENTS_DIR: documents.path,
      DATA_DIR: data.path,
      PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  let output = '';
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      for (const check of waiting) check();
    });
  }
  return {
    child,
    exited,
    output: () => output,
    /** Resolves with all output once `text` is in it; rejects if the process ends before. */
    prints: (text: string) =>
      new Promise<string>((resolve, reject) => {
        const check = () => output.includes(text) && resolve(output);
        waiting.add(check);
        check();
        exited.then(() => reject(new Error(`It ended without "${text}":\n${output}`)), reject);
      }),
  };
}

async function stop({ child, exited }: ReturnType<typeof start>): Promise<void> {
  child.kill('SIGINT');
  expect(await exited).toBe(0);
}

it('reads the folder, survives a restart without reading it again, and follows its changes', async () => {
  const first = start();
  const output = await first.prints('Ctrl-C stops the server.');
  expect(output).toContain('Left out: c.png: its kind is not one that can be read');
  expect(output).toMatch(
    /\nReading 2 documents\. Open http:\/\/localhost:\d+ meanwhile[^]*\nRead 2 documents in [\d.]+ s\./,
  );
  const address = /Open (http:\/\/localhost:\d+)/.exec(output)?.[1] ?? '';
  const page = await fetch(address);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const list = await (await fetch(`${address}/documents`)).json();
  expect(list).toMatchObject({
    documents: [
      { id: 'a.md', state: 'ready' },
      { id: 'b.txt', state: 'ready' },
    ],
  });
  await stop(first);

  const second = start();
  expect(await second.prints('Ctrl-C stops')).toContain(
    'Nothing to read: 2 documents in the folder, all as they were.',
  );
  await stop(second);

  await documents.write('b.txt', 'Pears are yellow.');
  await rm(join(documents.path, 'a.md'));
  const third = start();
  const changed = await third.prints('Ctrl-C stops');
  expect(changed).toContain('Removed, since they are gone from the folder: a.md');
  expect(changed).toMatch(/Read 1 document in/);
  await stop(third);
}, 120_000);

it('forgets answers given while it was reading, and none where there was nothing to read', async () => {
  const purgedAt = async (output: string) => {
    const address = /Open (http:\/\/localhost:\d+)/.exec(output)?.[1] ?? '';
    const cache = (await (await fetch(`${address}/cache`)).json()) as { purgedAt?: string };
    return cache.purgedAt;
  };
  const first = start();
  const at = await purgedAt(await first.prints('Ctrl-C stops'));
  expect(at).toBeDefined();
  await stop(first);
  const second = start();
  expect(await purgedAt(await second.prints('Ctrl-C stops'))).toBe(at);
  await stop(second);
}, 60_000);

it.each([
  [['--help'], 0, /^Usage: npm start\n/],
  [['--port', '4000'], 2, /^Unknown option '--port'[^]*\n\nUsage: npm start\n/],
])('takes no arguments, and says of %s what there is', async (args, code, told) => {
  const server = start({}, args);
  expect(await server.exited).toBe(code);
  expect(server.output()).toMatch(told);
});

it('says so when the data folder cannot be made', async () => {
  await documents.write('file', '');
  const server = start({ DATA_DIR: join(documents.path, 'file', 'data') });
  expect(await server.exited).toBe(1);
  expect(server.output()).toBe(
    'The data folder cannot be made or written. Set DATA_DIR to a folder of your own.\n',
  );
});

it('says nothing more once it is asked to stop, though it was reading', async () => {
  const sentence = (n: number) => `Apple number ${n} lies in crate ${n * 7} beside pear ${n * 13}.`;
  await documents.write('long.txt', Array.from({ length: 3_000 }, (_, n) => sentence(n)).join(' '));
  const server = start();
  const address = /at (http:\/\/localhost:\d+)/.exec(await server.prints('Reading documents'))?.[1];
  await vi.waitFor(
    async () => {
      const document = (await (await fetch(`${address}/documents/long.txt`)).json()) as { state: string };
      expect(document.state).toBe('embedding');
    },
    { timeout: 60_000 },
  );
  server.child.kill('SIGINT');
  expect(await server.exited).toBe(0);
  expect(server.output()).not.toContain('"level"');
}, 90_000);

it('says what to do when its port is taken', async () => {
  const other = createServer();
  await listen(other, 0);
  const { port } = other.address() as AddressInfo;
  const server = start({ PORT: String(port) });
  expect(await server.exited).toBe(1);
  expect(server.output()).toBe(
    `Port ${port} is in use. Stop what runs there, or take another port: PORT=${port + 1} npm start\n`,
  );
  await close(other);
});

it('stops when it is asked to, even while a server of mine keeps its start waiting', async () => {
  const silent = createServer(() => {});
  const address = await listen(silent, 0);
  const asked = once(silent, 'request');
  const server = start({ AWS_ENDPOINT_URL_DYNAMODB: address });
  await asked;
  server.child.kill('SIGINT');
  expect(await server.exited).toBe(0);
  silent.closeAllConnections();
  await close(silent);
});

it('refuses a model whose variables are no use, before anything is made of them', async () => {
  const server = start({
    ...{ OPENAI_BASE_URL: 'not-an-address', CHAT_MODEL: 'c', EMBEDDING_MODEL: 'e' },
    EMBEDDING_DIMENSIONS: '99999',
  });
  expect(await server.exited).toBe(1);
  expect(server.output()).toMatch(/^ {2}OPENAI_BASE_URL: .+\n {2}EMBEDDING_DIMENSIONS: .+\n/m);
});

it('names every variable that is missing for a model of my own', async () => {
  const server = start({ OPENAI_API_KEY: 'secret-key', CHAT_MODEL: '' });
  expect(await server.exited).toBe(1);
  expect(server.output()).toMatch(/CHAT_MODEL, EMBEDDING_MODEL, EMBEDDING_DIMENSIONS\.\n/);
  expect(server.output()).not.toContain('secret-key');
});
