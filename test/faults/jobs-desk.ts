import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse } from 'aws-lambda';
import { createJobQueue } from '../../lib/aws/job-queue.ts';
import { createJobStore } from '../../lib/dynamodb/jobs.ts';
import { createWebhookSecrets } from '../../lib/dynamodb/webhook-secrets.ts';
import { createCreateJob } from '../../lib/rag/jobs/create-job.ts';
import type { JobKey, JobStore } from '../../lib/rag/ports/jobs.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { startS3Sqs } from '../../local/s3-sqs/start.ts';
import { question } from '../fakes/world.ts';
import { scope } from '../wire/knowledge.ts';
import type { ModelScript } from '../wire/model-script.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { productEnvironment } from '../wire/product-environment.ts';
import { seedKnowledge, vector } from './seed-knowledge.ts';

const { signal } = new AbortController();

/** The function that works at jobs, in processes of its own, over the local DynamoDB and SQS and a scripted model. */
export interface JobsDesk {
  jobs: JobStore;
  model: ModelWire;
  /** The control table's. */
  client: DynamoDBClient;
  /** Creates a job of questions that no cache answers, and takes its message off the queue. */
  create(texts: readonly string[], owner?: { keyId: string }): Promise<{ key: JobKey; body: string }>;
  /** Delivers a message to a new process, whose time of day runs ahead. */
  deliver(body: string, options?: { attempt?: number; aheadMs?: number }): Promise<Delivered>;
  /** Takes the next message off the queue. */
  receive(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A process at work. */
export interface Delivered {
  process: ChildProcess;
  /** What it answers; undefined where it ended without. */
  answer: Promise<SQSBatchResponse | undefined>;
}

/** Starts it, with one document to answer from. */
export async function openJobsDesk(chat: ModelScript['chat']): Promise<JobsDesk> {
  const [dynamoDb, s3Sqs, model] = await Promise.all([
    startDynamoDb(),
    startS3Sqs({ eventQueue: 'unused' }),
    startModelWire({
      embeddings: ({ input }) => ({ kind: 'embed', delayMs: 0, vectors: input.map(() => vector) }),
      chat,
    }),
  ]);
  const settings = { region: 'us-east-1', credentials: { accessKeyId: 'wire', secretAccessKey: 'wire' } };
  const client = new DynamoDBClient({ ...settings, endpoint: dynamoDb.endpoint });
  const sqs = new SQSClient({ ...settings, endpoint: s3Sqs.endpoint });
  await seedKnowledge(client);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  const environment = {
    ...productEnvironment({ openAiBaseUrl: model.baseUrl, dynamoDbEndpoint: dynamoDb.endpoint }),
    AWS_ENDPOINT_URL_SQS: s3Sqs.endpoint,
    JOBS_QUEUE_URL: QueueUrl,
    POWERTOOLS_LOG_LEVEL: 'CRITICAL',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  const jobs = createJobStore(client, 'wire-control');
  const secrets = createWebhookSecrets(client, 'wire-control');
  const create = createCreateJob({ jobs, secrets, queue: createJobQueue(sqs, QueueUrl) });
  const receive = async () => {
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    if (message) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return message?.Body;
  };
  return {
    ...{ jobs, model, receive, client },
    create: async (texts, owner) => {
      const questions = texts.map((text) => question(text, { scope, cache: 'off' }));
      const { id } = await create(
        { tenant: 'default', questions, collections: ['main'], ...owner },
        { signal },
      );
      return { key: { tenant: 'default', id }, body: (await receive()) ?? '' };
    },
    deliver: async (body, { attempt = 1, aheadMs = 0 } = {}) => {
      const child = fork(new URL('jobs-child.ts', import.meta.url), {
        env: { ...process.env, ...environment, AHEAD_MS: String(aheadMs) },
      });
      await once(child, 'message');
      const exit = once(child, 'exit');
      const answer = Promise.race([once(child, 'message'), exit]).then(async ([first]) => {
        await exit;
        return typeof first === 'object' && first !== null ? (first as SQSBatchResponse) : undefined;
      });
      child.send({ Records: [toRecord(body, attempt)] });
      return { process: child, answer };
    },
    close: async () => {
      client.destroy();
      sqs.destroy();
      await Promise.all([dynamoDb.close(), s3Sqs.close(), model.close()]);
    },
  };
}

function toRecord(body: string, attempt: number): object {
  return {
    ...{ messageId: randomBytes(8).toString('hex'), body, eventSource: 'aws:sqs' },
    attributes: { ApproximateReceiveCount: String(attempt) },
  };
}
