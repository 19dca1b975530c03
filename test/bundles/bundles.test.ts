import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundles, overweight, type BuiltBundle } from '../../infra/build.ts';
import type { Invoked } from './invoke.ts';

// Port 9 discards: nothing answers there, so that what a function needs beyond itself is plainly absent.
const nowhere = 'http://127.0.0.1:9';
const environment = {
  PATH: process.env['PATH'],
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'nobody',
  AWS_SECRET_ACCESS_KEY: 'nothing',
  AWS_ENDPOINT_URL: nowhere,
  OPENAI_API_KEY: 'none',
  OPENAI_BASE_URL: `${nowhere}/v1`,
  CHAT_MODEL: 'chat',
  EMBEDDING_MODEL: 'embedding',
  EMBEDDING_DIMENSIONS: '8',
  KNOWLEDGE_TABLE: 'knowledge',
  ANSWERS_TABLE: 'answers',
  CONTROL_TABLE: 'control',
  DOCUMENTS_BUCKET: 'documents',
  INGEST_QUEUE_URL: `${nowhere}/ingest`,
  JOBS_QUEUE_URL: `${nowhere}/jobs`,
};

let directory: string;
let built: BuiltBundle[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'raglan-bundles-'));
  built = await buildBundles(directory);
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** Loads a bundle in a fresh process of Node and has it answer one event. */
async function invoke(bundle: string, event: object): Promise<Invoked> {
  const child = fork(join(import.meta.dirname, 'invoke.ts'), [join(directory, bundle)], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const errors: string[] = [];
  child.stderr?.on('data', (part) => errors.push(String(part)));
  const exit = once(child, 'exit');
  child.send(event);
  const [invoked] = (await Promise.race([once(child, 'message'), exit])) as [Invoked | number];
  if (typeof invoked !== 'object') throw new Error(`${bundle} ended with ${invoked}: ${errors.join('')}`);
  expect(await exit).toEqual([0, null]);
  return invoked;
}

async function eventOf(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(import.meta.dirname, `../events/${name}.json`), 'utf8'));
}

/** Status and body of a streamed answer: the prelude is JSON and ends with eight zero bytes. */
function read(invoked: Invoked): { status: number; body: unknown } {
  expect(invoked.error).toBeUndefined();
  const [prelude = '', body = ''] = (invoked.stream ?? '').split('\0'.repeat(8));
  return { status: JSON.parse(prelude).statusCode, body: JSON.parse(body) };
}

describe('the bundles', () => {
  it('weigh no more than they may', () => {
    expect(overweight(built)).toEqual([]);
  });

  it('that weigh more are named, with what weighs in them and what to do', () => {
    const heavy = built.map((bundle) => ({ ...bundle, ceilingKb: 1 }));
    expect(overweight(heavy)).toHaveLength(built.length);
    expect(overweight(heavy).find((line) => line.startsWith('ingest/parse-worker.mjs'))).toMatch(
      /ceiling of 1 kB.*unpdf \d+.*infra\/bundles\.ts/,
    );
  });

  it('hold everything they import but Node', () => {
    const imported = built.flatMap(({ contents }) => contents.imports.map(({ path }) => path));
    expect(imported.filter((path) => !isBuiltin(path))).toEqual([]);
  });

  it('hold nothing of the clients that only the tests are', () => {
    const inputs = built.flatMap(({ contents }) => Object.keys(contents.inputs));
    expect(inputs.filter((path) => /node_modules\/(?:@langchain|@ai-sdk|ai)\//.test(path))).toEqual([]);
    expect(inputs.some((path) => path.includes('node_modules/openai/'))).toBe(true);
  });

  it('need no `require`, which an ES module does not have', async () => {
    // The worker brings its own for the reader of Word documents; test/unit/parse/bundle.test.ts reads one in a bundle.
    for (const { output } of built.filter((bundle) => bundle.output !== 'ingest/parse-worker.mjs')) {
      // What esbuild leaves behind for a CommonJS dependency that asks for a module of Node's.
      expect(await readFile(join(directory, output), 'utf8')).not.toContain('Dynamic require of');
    }
  });

  it('are the same bytes when nothing has changed', async () => {
    const again = join(directory, 'again');
    await buildBundles(again);
    for (const { output } of built) {
      expect((await readFile(join(again, output))).equals(await readFile(join(directory, output)))).toBe(
        true,
      );
    }
  });
});

describe('api/index.mjs', () => {
  it('answers a health check', async () => {
    const { status } = read(await invoke('api/index.mjs', await eventOf('url-health')));
    expect(status).toBe(200);
  });

  it('answers what it does not know with 404', async () => {
    const event = { ...(await eventOf('url-health')), rawPath: '/nowhere' };
    expect(read(await invoke('api/index.mjs', event))).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
  });
});

describe('ingest/index.mjs', () => {
  it('has nothing to say to an empty batch', async () => {
    expect(await invoke('ingest/index.mjs', { Records: [] })).toEqual({ value: { batchItemFailures: [] } });
  });

  it('is done with what S3 sends when its notifications are set up', async () => {
    const invoked = await invoke('ingest/index.mjs', await eventOf('notifications-configured'));
    expect(invoked).toEqual({ value: { batchItemFailures: [] } });
  });

  it('fails for exactly the messages that failed', async () => {
    const [fine] = (await eventOf('notifications-configured'))['Records'] as Record<string, unknown>[];
    const broken = { ...fine, messageId: 'broken', body: 'no JSON' };
    const [unreachable] = (await eventOf('object-created'))['Records'] as Record<string, unknown>[];
    const [removed] = (await eventOf('object-removed'))['Records'] as Record<string, unknown>[];
    const Records = [
      broken,
      fine,
      { ...unreachable, messageId: 'unreachable' },
      { ...removed, messageId: 'removed' },
    ];
    const { value } = await invoke('ingest/index.mjs', { Records });
    const { batchItemFailures } = value as SQSBatchResponse;
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual([
      'broken',
      'removed',
      'unreachable',
    ]);
  });
});

describe('jobs/index.mjs', () => {
  it('fails for exactly the messages that failed', async () => {
    const [unreachable] = (await eventOf('job'))['Records'] as Record<string, unknown>[];
    const Records = [
      { ...unreachable, messageId: 'broken', body: '{}' },
      { ...unreachable, messageId: 'unreachable' },
    ];
    const { value } = await invoke('jobs/index.mjs', { Records });
    const { batchItemFailures } = value as SQSBatchResponse;
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual([
      'broken',
      'unreachable',
    ]);
  });

  it('alone holds what sends webhooks', () => {
    const senders = built.filter(({ contents }) =>
      Object.keys(contents.inputs).some((path) => path.includes('standardwebhooks')),
    );
    expect(senders.map(({ output }) => output)).toEqual(['jobs/index.mjs']);
  });
});

describe('ingest/parse-worker.mjs', () => {
  it('reads and cuts a document', async () => {
    const bytes = new TextEncoder().encode('# Handbook\n\nHolidays are thirty days.\n');
    const worker = new Worker(join(directory, 'ingest/parse-worker.mjs'), {
      workerData: { bytes, contentType: 'text/markdown' },
      env: {},
    });
    const exit = once(worker, 'exit');
    const replies: unknown[] = [];
    worker.on('message', (reply) => {
      replies.push(reply);
      worker.postMessage('more');
    });
    await exit;
    expect(replies).toEqual([
      {
        type: 'passages',
        passages: [{ number: 0, text: 'Holidays are thirty days.', headings: ['Handbook'], line: 3 }],
      },
      { type: 'done', title: 'Handbook' },
    ]);
  });
});
