import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { S3Event } from 'aws-lambda';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startBucketWatcher } from '../../../local/s3-sqs/bucket-watcher.ts';
import { startS3Sqs, type S3Sqs } from '../../../local/s3-sqs/start.ts';
import { createClients } from './clients.ts';

const Bucket = 'documents';
let server: S3Sqs;
let s3: S3Client;
let sqs: SQSClient;
let queueUrl: string;
let watcher: { stop(): Promise<void> };
const failures: unknown[] = [];

beforeEach(async () => {
  failures.length = 0;
  // The queue that the server itself would tell does not exist: only the watcher tells here.
  server = await startS3Sqs({ eventQueue: 'nobody' });
  ({ s3, sqs } = createClients(server.endpoint));
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'ingest' }))).QueueUrl ?? '';
});

afterEach(async () => {
  await watcher.stop();
  await server.close();
});

function watch(): void {
  watcher = startBucketWatcher({
    s3,
    sqs,
    bucket: Bucket,
    queueUrl,
    intervalMs: 1,
    onFailure: (error) => failures.push(error),
  });
}

/** The next `count` events; waits for them. */
async function nextEvents(count: number): Promise<string[]> {
  const events: string[] = [];
  while (events.length < count) {
    const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 10 });
    const { Messages = [] } = await sqs.send(receive);
    for (const { Body = '', ReceiptHandle } of Messages) {
      const [record] = (JSON.parse(Body) as S3Event).Records;
      events.push(`${record?.eventName} ${record?.s3.object.key}`);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
  return events.toSorted();
}

it('tells of what is there at first, and then of every object that comes, changes or goes', async () => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (let n = 0; n < 12; n += 1) await s3.send(new PutObjectCommand({ Bucket, Key: `${n}`, Body: 'x' }));
  watch();
  expect(await nextEvents(12)).toHaveLength(12);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'new.md', Body: 'x' }));
  expect(await nextEvents(1)).toEqual(['ObjectCreated:Put new.md']);
  await s3.send(new PutObjectCommand({ Bucket, Key: '3', Body: 'changed' }));
  expect(await nextEvents(1)).toEqual(['ObjectCreated:Put 3']);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: '4' }));
  expect(await nextEvents(1)).toEqual(['ObjectRemoved:Delete 4']);
  expect(failures).toEqual([]);
});

it('goes on after a listing that failed', async () => {
  watch();
  await expect.poll(() => failures.length).toBeGreaterThan(0);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a.md', Body: 'x' }));
  expect(await nextEvents(1)).toEqual(['ObjectCreated:Put a.md']);
});
