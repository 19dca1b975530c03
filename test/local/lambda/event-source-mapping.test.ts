import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEventSourceMapping } from '../../../local/lambda/event-source-mapping.ts';
import type { QueueHandler } from '../../../local/lambda/invoke-for-batch.ts';
import { startS3Sqs, type S3Sqs } from '../../../local/s3-sqs/start.ts';
import { createClients } from '../s3-sqs/clients.ts';

let server: S3Sqs;
let sqs: SQSClient;
let queueUrl: string;
let deadLettersUrl: string;
let mapping: { stop(): Promise<void> };
const failures: Error[] = [];

beforeEach(async () => {
  failures.length = 0;
  server = await startS3Sqs({ eventQueue: 'nobody' });
  ({ sqs } = createClients(server.endpoint));
  deadLettersUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))).QueueUrl ?? '';
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
    maxReceiveCount: 3,
  });
  const Attributes = { VisibilityTimeout: '1', RedrivePolicy };
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'work', Attributes }))).QueueUrl ?? '';
});

afterEach(async () => {
  await mapping.stop();
  await server.close();
});

function map(handler: QueueHandler, timeoutMs?: number): void {
  mapping = startEventSourceMapping({
    sqs,
    queueUrl,
    visibilityTimeoutSeconds: 1,
    handler,
    functionName: 'ingest',
    ...(timeoutMs !== undefined && { timeoutMs }),
    onFailure: (error) => failures.push(error),
  });
}

async function send(...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, n) => ({ Id: String(n), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}

/** Messages in the queue, whether hidden or not. */
async function left(): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] });
  const { Attributes = {} } = await sqs.send(command);
  return (
    Number(Attributes['ApproximateNumberOfMessages']) +
    Number(Attributes['ApproximateNumberOfMessagesNotVisible'])
  );
}

const bodiesOf = (event: SQSEvent) => event.Records.map((record) => record.body);
const failing = (event: SQSEvent, isFailed: (body: string) => boolean) => ({
  batchItemFailures: event.Records.filter((record) => isFailed(record.body)).map(({ messageId }) => ({
    itemIdentifier: messageId,
  })),
});

it('hands over messages in batches and deletes what succeeded', async () => {
  const seen: string[] = [];
  const { promise, resolve } = Promise.withResolvers<SQSEvent>();
  map(async (event) => {
    seen.push(...bodiesOf(event));
    resolve(event);
    return { batchItemFailures: [] };
  });
  await send('a', 'b', 'c');
  const event = await promise;
  expect(event.Records[0]).toMatchObject({
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:work',
    attributes: { ApproximateReceiveCount: '1' },
  });
  await expect.poll(left).toBe(0);
  expect(seen.toSorted()).toEqual(['a', 'b', 'c']);
});

it('brings only the failed messages of a batch again', async () => {
  const seen: string[] = [];
  map(async (event) => {
    seen.push(...bodiesOf(event));
    return failing(event, (body) => body === 'bad' && seen.filter((each) => each === 'bad').length === 1);
  });
  await send('good', 'bad');
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  expect(seen.toSorted()).toEqual(['bad', 'bad', 'good']);
});

it('puts a message that keeps failing among the dead letters', async () => {
  let deliveries = 0;
  map(async () => {
    deliveries += 1;
    throw new Error('always');
  });
  await send('poison');
  const receive = new ReceiveMessageCommand({ QueueUrl: deadLettersUrl, WaitTimeSeconds: 20 });
  const { Messages = [] } = await sqs.send(receive);
  expect(Messages.map(({ Body }) => Body)).toEqual(['poison']);
  expect(deliveries).toBe(3);
  expect(failures.map((error) => error.message)).toEqual(['always', 'always', 'always']);
});

it('fails the whole batch when the answer names messages nobody sent', async () => {
  let deliveries = 0;
  map(async () => {
    deliveries += 1;
    return { batchItemFailures: deliveries === 1 ? [{ itemIdentifier: 'unknown' }] : [] };
  });
  await send('a');
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  expect(deliveries).toBe(2);
});

it('keeps a message hidden for as long as it is worked on', async () => {
  let deliveries = 0;
  const renewed = Promise.withResolvers<void>();
  let renewals = 0;
  sqs.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (context.commandName === 'ChangeMessageVisibilityBatchCommand') renewals += 1;
      if (renewals === 6) renewed.resolve();
      return result;
    },
    { step: 'initialize' },
  );
  map(async () => {
    deliveries += 1;
    // Six renewals, a third of the time-out apart, are twice the time-out.
    await renewed.promise;
  });
  await send('slow');
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  expect(deliveries).toBe(1);
});

it('runs at most two invocations at once', async () => {
  let running = 0;
  let most = 0;
  let done = 0;
  const two = Promise.withResolvers<void>();
  map(async (event) => {
    running += 1;
    most = Math.max(most, running);
    if (running === 2) two.resolve();
    await two.promise;
    done += event.Records.length;
    running -= 1;
  });
  for (let n = 0; n < 4; n += 1) await send(...Array.from('abcdefghij'));
  await expect.poll(() => done, { timeout: 10_000 }).toBe(40);
  expect(most).toBe(2);
});

it('gives an invocation up after its time-out', async () => {
  let deliveries = 0;
  map(async () => {
    deliveries += 1;
    if (deliveries === 1) await new Promise(() => undefined);
  }, 50);
  await send('a');
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  expect(failures.map((error) => error.message)).toEqual(['The function ran longer than 50 ms.']);
});

it('stops at once when idle, and after the running invocation when not', async () => {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  map(async () => {
    started.resolve();
    await release.promise;
  });
  await send('a');
  await started.promise;
  const stopped = mapping.stop();
  release.resolve();
  await stopped;
  expect(await left()).toBe(0);
});
