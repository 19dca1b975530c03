import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startS3Sqs } from '../../../local/s3-sqs/start.ts';
import { createClients } from './clients.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'raglan-s3-'));
});

afterEach(() => rm(directory, { recursive: true }));

it('keeps objects and the events nobody has read yet over a restart on another port', async () => {
  const first = await startS3Sqs({ directory, eventQueue: 'ingest' });
  const before = createClients(first.endpoint);
  await before.s3.send(new CreateBucketCommand({ Bucket: 'documents' }));
  await before.sqs.send(new CreateQueueCommand({ QueueName: 'ingest' }));
  await before.s3.send(new PutObjectCommand({ Bucket: 'documents', Key: 'a.md', Body: 'kept' }));
  await first.close();

  const second = await startS3Sqs({ directory, eventQueue: 'ingest' });
  const after = createClients(second.endpoint);
  const object = await after.s3.send(new GetObjectCommand({ Bucket: 'documents', Key: 'a.md' }));
  expect(await object.Body?.transformToString()).toBe('kept');
  const { QueueUrl } = await after.sqs.send(new GetQueueUrlCommand({ QueueName: 'ingest' }));
  expect(QueueUrl?.startsWith(`${second.endpoint}/`)).toBe(true);
  const { Messages = [] } = await after.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages.map(({ Body }) => Body)).toEqual([expect.stringContaining('"key":"a.md"')]);
  await second.close();
});
