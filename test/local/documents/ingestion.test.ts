import { CreateQueueCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { followIngestion, type Progress } from '../../../local/documents/ingestion.ts';
import type { DocumentView } from '../../../local/documents/states.ts';
import { close, listen } from '../../../local/listen.ts';
import { startS3Sqs, type S3Sqs } from '../../../local/s3-sqs/start.ts';
import { createClients } from '../s3-sqs/clients.ts';

const before = '2026-01-01T00:00:00.000Z';
const putAt = '2026-01-02T00:00:00.000Z';
const after = '2026-01-03T00:00:00.000Z';

let emulators: S3Sqs;
let sqs: SQSClient;
let queueUrl: string;
let api: Server;
let url: string;
/** What the list of documents says, one entry a poll; the last one stays. */
let polls: DocumentView[][];
let seen: Progress[];

beforeEach(async () => {
  seen = [];
  emulators = await startS3Sqs({ eventQueue: 'nobody' });
  ({ sqs } = createClients(emulators.endpoint));
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'ingest' }))).QueueUrl ?? '';
  api = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams;
    // Two pages, so that following them is needed.
    const all = (polls.length > 1 && query.has('after') ? polls.shift() : polls[0]) ?? [];
    const documents = query.has('after') ? all.slice(1) : all.slice(0, 1);
    const next = query.has('after') ? {} : { next: 'more' };
    response.end(JSON.stringify({ documents, ...next }));
  });
  url = await listen(api, 0);
});

afterEach(async () => {
  api.closeAllConnections();
  await close(api);
  await emulators.close();
});

function view(id: string, changes: Partial<DocumentView>): DocumentView {
  return { id, state: 'ready', updatedAt: after, chunks: 4, chunksDone: 4, ...changes };
}

function follow(...ids: string[]) {
  const put = new Map(ids.map((id) => [id, { at: putAt, bytes: id === 'a.md' ? 300 : 100 }]));
  const { signal } = new AbortController();
  return followIngestion({ url, sqs, queueUrl }, put, {
    onProgress: (progress) => seen.push(progress),
    signal,
  });
}

it('counts the version from before the put as not done, and ends when all are ready or failed', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'at work' }));
  polls = [
    [view('a.md', { updatedAt: before })],
    [view('a.md', { state: 'embedding', chunksDone: 2 })],
    [view('a.md', {}), view('b.md', { state: 'failed', reason: { message: 'No text is in it.' } })],
  ];
  expect(await follow('a.md', 'b.md')).toEqual({
    ready: ['a.md'],
    failed: [{ id: 'b.md', reason: 'No text is in it.' }],
  });
  expect(seen.map(({ done, fraction }) => [done, fraction])).toEqual([
    [0, 0],
    [0, 0.375],
    [2, 1],
  ]);
});

it('gives up on a document whose event is gone from the queue', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    polls = [[view('a.md', { state: 'parsing' })]];
    const result = follow('a.md');
    while (seen.length < 13 && !(await settled(result))) await vi.advanceTimersByTimeAsync(250);
    expect(await result).toEqual({
      ready: [],
      failed: [{ id: 'a.md', reason: 'It was given up after several tries.' }],
    });
  } finally {
    vi.useRealTimers();
  }
});

/** Whether the promise has settled after one turn of the event loop. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const turn = new Promise((resolve) => setImmediate(() => resolve('pending')));
  return (await Promise.race([promise, turn])) !== 'pending';
}
