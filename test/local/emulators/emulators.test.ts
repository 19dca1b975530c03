import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startEmulators, type Emulators } from '../../../local/emulators/start.ts';
import { createFolder } from '../temporary-folder.ts';

const running: Emulators[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulators) => emulators.close()));
});

async function start(...request: Parameters<typeof startEmulators>): Promise<Emulators> {
  const emulators = await startEmulators(...request);
  running.push(emulators);
  return emulators;
}

it('starts what is asked for and nothing else, on 127.0.0.1', async () => {
  const { endpoints } = await start({ s3Sqs: { eventQueue: 'ingest' } });
  expect(Object.keys(endpoints)).toEqual(['s3Sqs']);
  expect(endpoints.s3Sqs).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const response = await fetch(`${endpoints.s3Sqs}/health`);
  expect(await response.json()).toEqual({ status: 'ok' });
});

it('ends with its process, which is told', async () => {
  const emulators = await start({ s3Sqs: { eventQueue: 'ingest' } });
  await emulators.close();
  await emulators.lost;
  await expect(fetch(`${emulators.endpoints.s3Sqs}/health`)).rejects.toThrow('fetch failed');
});

it('says in plain words that a data folder is in use', async () => {
  const folder = await createFolder();
  await start({ dynamoDb: { directory: folder.path } });
  await expect(startEmulators({ dynamoDb: { directory: folder.path } })).rejects.toThrow(
    'The data folder is in use: is another server running on it?',
  );
  await Promise.all(running.splice(0).map((emulators) => emulators.close()));
  await folder.remove();
});

it('ends when the process that started it is killed', async () => {
  const module = new URL('../../../local/emulators/start.ts', import.meta.url).href;
  const script = `
    const { startEmulators } = await import(${JSON.stringify(module)});
    console.log((await startEmulators({ s3Sqs: { eventQueue: 'ingest' } })).endpoints.s3Sqs);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const health = `${line.toString().trim()}/health`;
  expect((await fetch(health)).status).toBe(200);
  parent.kill('SIGKILL');
  await expect
    .poll(
      () =>
        fetch(health).then(
          () => 'up',
          () => 'down',
        ),
      { timeout: 10_000 },
    )
    .toBe('down');
});

it('says at once that a data folder cannot be made where Node would try for ever', async () => {
  const request = { dynamoDb: { directory: '/proc/raglan/dynamodb' } };
  await expect(startEmulators(request)).rejects.toThrow('The data folder cannot be made or written.');
});

/** A database on a disk that does not answer: LevelDB waits for the first byte of a file. */
async function createStuckFolder() {
  const folder = await createFolder();
  const directory = join(folder.path, 'dynamodb');
  await mkdir(directory);
  const file = join(directory, 'CURRENT');
  execFileSync('mkfifo', [file]);
  return {
    directory,
    /** Resolves when somebody waits for it. */
    waitedFor: () => open(file, 'w'),
    remove: () => folder.remove(),
  };
}

it('ends when the process that started it is killed meanwhile, whatever holds it up', async () => {
  const stuck = await createStuckFolder();
  const module = new URL('../../../local/emulators/start.ts', import.meta.url).href;
  const script = `
    const { startEmulators } = await import(${JSON.stringify(module)});
    await startEmulators(${JSON.stringify({ dynamoDb: { directory: stuck.directory } })});
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
  // The emulators have it from their parent: it is at its end when both are.
  const ended = once(parent.stderr.resume(), 'end');
  const pipe = await stuck.waitedFor();
  parent.kill('SIGKILL');
  expect(await ended).toEqual([]);
  await pipe.close();
  await stuck.remove();
});

it('gives up a start that takes too long, and says what may hold it up', async () => {
  const stuck = await createStuckFolder();
  const starting = startEmulators({ dynamoDb: { directory: stuck.directory } }, { limitMs: 3_000 });
  const [pipe] = await Promise.all([
    stuck.waitedFor(),
    expect(starting).rejects.toThrow(
      'The emulators did not start within 3 s. Does the disk of DATA_DIR answer?',
    ),
  ]);
  await expect.poll(() => pipe.write('x').catch((error: { code: string }) => error.code)).toBe('EPIPE');
  await pipe.close();
  await stuck.remove();
});
