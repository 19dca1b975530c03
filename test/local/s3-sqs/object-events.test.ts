import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { S3Event, S3EventRecord } from 'aws-lambda';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startS3Sqs, type S3Sqs } from '../../../local/s3-sqs/start.ts';
import { createClients } from './clients.ts';

const Bucket = 'documents';
let server: S3Sqs;
let s3: S3Client;
let sqs: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  server = await startS3Sqs({ eventQueue: 'ingest' });
  ({ s3, sqs } = createClients(server.endpoint));
  await s3.send(new CreateBucketCommand({ Bucket }));
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'ingest' }))).QueueUrl ?? '';
});

afterAll(() => server.close());

/** The events that have arrived, at least one, in the order of their sequencers. */
async function events(): Promise<S3EventRecord[]> {
  const receive = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 5,
  });
  const { Messages = [] } = await sqs.send(receive);
  const records = Messages.flatMap(({ Body }) => (JSON.parse(Body ?? '{}') as S3Event).Records);
  return records.toSorted((a, b) => (a.s3.object.sequencer < b.s3.object.sequencer ? -1 : 1));
}

const md5 = (body: string | Buffer) => createHash('md5').update(body).digest('hex');

it('tells of a put with size, ETag and the encoded key', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "a b/é (1)+'x.md", Body: 'text' }));
  const [record, ...more] = await events();
  expect(more).toEqual([]);
  expect(record).toMatchObject({
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: {
      bucket: { name: Bucket, arn: 'arn:aws:s3:::documents' },
      object: { key: 'a+b/%C3%A9+%281%29%2B%27x.md', size: 4, eTag: md5('text') },
    },
  });
  const key = decodeURIComponent(record?.s3.object.key.replaceAll('+', ' ') ?? '');
  expect(key).toBe("a b/é (1)+'x.md");
});

it('tells once of a presigned form upload, larger than fauxqs takes by itself', async () => {
  const { url, fields } = await createPresignedPost(s3, { Bucket, Key: 'large.pdf' });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([Buffer.alloc(20 * 1024 * 1024, 'x')]));
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
  const records = await events();
  expect(records.map(({ eventName, s3 }) => [eventName, s3.object.key, s3.object.size])).toEqual([
    ['ObjectCreated:Post', 'large.pdf', 20 * 1024 * 1024],
  ]);
});

it('tells of an upload in parts when it completes, and not before', async () => {
  const Key = 'parts.pdf';
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId, PartNumber: 1 };
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'part' }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
  const records = await events();
  expect(records.map(({ eventName, s3 }) => [eventName, s3.object.key, s3.object.size])).toEqual([
    ['ObjectCreated:CompleteMultipartUpload', Key, 4],
  ]);
});

it('tells of a copy', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'from.md', Body: 'x' }));
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'to.md', CopySource: `${Bucket}/from.md` }));
  const records = await events();
  expect(records.map(({ eventName, s3 }) => [eventName, s3.object.key])).toEqual([
    ['ObjectCreated:Put', 'from.md'],
    ['ObjectCreated:Copy', 'to.md'],
  ]);
});

it('tells of a removal, and of every key of a removal of many', async () => {
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'from.md' }));
  const Objects = [{ Key: 'to.md' }, { Key: 'parts.pdf' }];
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  const records = await events();
  expect(records.map(({ eventName, s3 }) => [eventName, s3.object.key])).toEqual([
    ['ObjectRemoved:Delete', 'from.md'],
    ['ObjectRemoved:Delete', 'to.md'],
    ['ObjectRemoved:Delete', 'parts.pdf'],
  ]);
  expect(records[0]?.s3.object).not.toHaveProperty('size');
});

it('tells nothing of a read, nor of a put that fails', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'read.md', Body: 'x' }));
  await s3.send(new GetObjectCommand({ Bucket, Key: 'read.md' }));
  const failing = s3.send(new PutObjectCommand({ Bucket: 'no-such-bucket', Key: 'a', Body: 'x' }));
  await expect(failing).rejects.toThrow(/does not exist/);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'last.md', Body: 'x' }));
  const records = await events();
  expect(records.map((record) => record.s3.object.key)).toEqual(['read.md', 'last.md']);
});
