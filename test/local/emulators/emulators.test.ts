import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
