import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLaptopCloud, type Functions, type LaptopCloud } from '../../local/cloud.ts';
import { startDynamoDb, type LocalDynamoDb } from '../../local/dynamodb/server.ts';
import { startS3Sqs, type S3Sqs } from '../../local/s3-sqs/start.ts';

// Servers that somebody else runs, as far as the cloud knows.
let dynamo: LocalDynamoDb;
let s3: S3Sqs;
let sqs: S3Sqs;
let cloud: LaptopCloud;
const events: SQSEvent[] = [];

const functions: Functions = {
  api: async (_event, stream) => void stream.end('ours'),
  ingest: async (event) => void events.push(event),
  jobs: async () => undefined,
};

beforeAll(async () => {
  [dynamo, s3, sqs] = await Promise.all([
    startDynamoDb(),
    startS3Sqs({ eventQueue: 'unused' }),
    startS3Sqs({ eventQueue: 'unused' }),
  ]);
  cloud = await startLaptopCloud({
    port: 0,
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      CHAT_MODEL: 'chat',
      EMBEDDING_MODEL: 'embedding',
      EMBEDDING_DIMENSIONS: '8',
    },
    loadFunctions: async () => functions,
    onFailure: () => undefined,
  });
});

afterAll(async () => {
  await cloud.close();
  await Promise.all([dynamo.close(), s3.close(), sqs.close()]);
});

it('uses the servers that are set, and starts none of its own beside them', async () => {
  expect(cloud.environment).toMatchObject({
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
  });
  expect(process.env['AWS_ENDPOINT_URL_S3']).toBe(s3.endpoint);
  expect(await (await fetch(cloud.url)).text()).toBe('ours');
});

it('tells the ingest function of an object in a bucket that sends no events', async () => {
  const object = { Bucket: 'raglan-documents', Key: 'default/main/a.md', Body: 'x' };
  await cloud.clients.s3.send(new PutObjectCommand(object));
  await expect.poll(() => events.length, { timeout: 10_000 }).toBe(1);
  expect(events[0]?.Records[0]?.body).toContain('"key":"default/main/a.md"');
});
