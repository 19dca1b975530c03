import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { join } from 'node:path';
import { checkEmbeddings, checkServed } from '../lib/app.ts';
import { parseApiConfig, parseIngestConfig, type IngestConfig } from '../lib/config.ts';
import { RagError } from '../lib/rag/errors.ts';
import type { EmulatorsRequest } from './emulators/protocol.ts';
import { startEmulators, type Emulators } from './emulators/start.ts';
import { installAwsLambda } from './lambda/awslambda.ts';
import { startEventSourceMapping } from './lambda/event-source-mapping.ts';
import { startFunctionUrl } from './lambda/function-url.ts';
import type { QueueHandler } from './lambda/invoke-for-batch.ts';
import type { StreamingHandler } from './lambda/invoke-streaming.ts';
import type { Page } from './page.ts';
import { provision, type Clients } from './provision.ts';
import { ensureQueues } from './provision/queues.ts';
import { startBucketWatcher } from './s3-sqs/bucket-watcher.ts';
import {
  assertModelIsComplete,
  hasOwnModel,
  maxReceives,
  setEnvironment,
  toCloudEnvironment,
  type CloudEnvironment,
  type Variables,
} from './settings.ts';

/** Name of the queue that object events go to. */
const ingestQueue = 'raglan-ingest';

/** Name of the queue of jobs. */
const jobsQueue = 'raglan-jobs';

/** How soon a document or a job that failed is tried again, in seconds. */
const visibilityTimeoutSeconds = 5;

const watchIntervalMs = 1_000;

/** How long a model of the user's own may take to embed a word, before the start goes on without knowing. */
const modelCheckMs = 5_000;

/** How long the table may take to say by which model it is served. */
const servedCheckMs = 30_000;

/** Limits of our own calls, which may go to servers of someone else's; SQS holds a poll for 20 seconds. */
const calls = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
};

/** The entries that are deployed, as modules export them. */
export interface Functions {
  api: StreamingHandler;
  ingest: QueueHandler;
  jobs: QueueHandler;
}

export interface LaptopCloudOptions {
  /** Port of the function URL; 0 is any free one. */
  port: number;
  /** Where everything is kept; in memory without it. */
  dataDirectory?: string;
  /** What is set: endpoints and a model that are named here are used instead of ours. */
  environment: Variables;
  /** The page to serve at `/`; none if left out. */
  page?: Page;
  /** The functions to run, those of `functions/` if left out. Called when the environment is set. */
  loadFunctions?: () => Promise<Functions>;
  /** Hears of what went wrong behind the scenes. `what` says where. */
  onFailure(what: string, error: unknown): void;
}

export interface LaptopCloud {
  /** `http://127.0.0.1:port` of the function URL. */
  url: string;
  /** What the functions run with, endpoints included. */
  environment: CloudEnvironment;
  /** Of the queue that object events go to. */
  queueUrl: string;
  /** Whether the cached answers of another model had to go. */
  isCacheAnew: boolean;
  clients: Clients;
  /** Resolves if the emulators end without being asked to. */
  lost: Promise<void>;
  /** Ends running requests and invocations, waiting for them at most `graceMs`, and then everything else. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts the whole service on 127.0.0.1: function URL, tables, bucket, queue, models and the pump between them. The
 * functions are the deployed ones and find everything by their environment, so this sets variables of the process:
 * one cloud a process. Throws RagError `configuration` and `index_mismatch`, and the port's own error if it is taken.
 */
export async function startLaptopCloud(options: LaptopCloudOptions): Promise<LaptopCloud> {
  assertModelIsComplete(options.environment);
  const parts: Parts = { users: [] };
  try {
    return await start(options, parts);
  } catch (error) {
    await closeAll(parts, 0);
    throw error;
  }
}

/** What runs, in the two layers that it has to be closed in. */
interface Parts {
  /** Everything that makes calls to the emulators. */
  users: ((graceMs: number) => Promise<void>)[];
  emulators?: Emulators;
}

async function closeAll({ users, emulators }: Parts, graceMs: number): Promise<void> {
  await Promise.all(users.map((close) => close(graceMs)));
  await emulators?.close();
}

async function start(options: LaptopCloudOptions, parts: Parts): Promise<LaptopCloud> {
  const { environment: given, loadFunctions = importFunctions } = options;
  // The port first: it is what most often fails, and callers may come at once and wait until the rest is there.
  const functions = Promise.withResolvers<Functions>();
  const url = await serve(options, parts, functions);
  parts.emulators = await startEmulators(toRequest(options));
  const environment = toCloudEnvironment(given, parts.emulators.endpoints);
  setEnvironment(environment);
  options.page?.allow([new URL(environment.AWS_ENDPOINT_URL_S3).origin]);
  // The functions would say the same, but only after tables were made of it; the queues are not there yet, but their server is.
  const server = environment.AWS_ENDPOINT_URL_SQS;
  const variables = { ...environment, INGEST_QUEUE_URL: server, JOBS_QUEUE_URL: server };
  parseApiConfig(variables);
  const config = parseIngestConfig(variables);
  await checkModel(options, config);
  const clients = {
    dynamoDb: new DynamoDBClient(calls),
    s3: new S3Client(calls),
    sqs: new SQSClient(calls),
  };
  const queue = { name: ingestQueue, visibilityTimeoutSeconds, maxReceives };
  const [{ queueUrl, isCacheAnew }, jobsQueueUrl] = await Promise.all([
    provision(clients, environment, queue),
    ensureQueues(clients.sqs, { ...queue, name: jobsQueue }),
  ]);
  const queueUrls = { ingest: queueUrl, jobs: jobsQueueUrl };
  await checkServed(config, { signal: AbortSignal.timeout(servedCheckMs) });
  Object.assign(process.env, { INGEST_QUEUE_URL: queueUrls.ingest, JOBS_QUEUE_URL: queueUrls.jobs });
  installAwsLambda();
  const loaded = await loadFunctions();
  functions.resolve(loaded);
  pump(options, parts, { clients, queueUrls, functions: loaded, bucket: environment.DOCUMENTS_BUCKET });
  return {
    url,
    environment,
    queueUrl,
    isCacheAnew,
    clients,
    lost: parts.emulators.lost,
    close: (graceMs = 0) => closeAll(parts, graceMs),
  };
}

/** A model that does not fit ends the start; one that cannot be asked now may be there for the first question. */
async function checkModel(options: LaptopCloudOptions, config: IngestConfig): Promise<void> {
  if (!hasOwnModel(options.environment)) return;
  try {
    await checkEmbeddings(config, { signal: AbortSignal.timeout(modelCheckMs) });
  } catch (error) {
    if (error instanceof RagError && error.code === 'index_mismatch') throw error;
    options.onFailure('Asking the embedding model', error);
  }
}

async function serve(
  options: LaptopCloudOptions,
  parts: Parts,
  functions: PromiseWithResolvers<Functions>,
): Promise<string> {
  const server = await startFunctionUrl(options.port, {
    handler: async (event, stream, context) => (await functions.promise).api(event, stream, context),
    functionName: 'api',
    ...(options.page && { serveFile: options.page.serve }),
    onFailure: (error) => options.onFailure('A request', error),
  });
  // Nobody may be waiting for the functions when a start fails.
  functions.promise.catch(() => undefined);
  parts.users.push(async (graceMs) => {
    functions.reject(new Error('The server has stopped.'));
    await server.close(graceMs);
  });
  return server.url;
}

/** Lets object events flow to their queue, and messages from the queues to their functions. */
function pump(
  options: LaptopCloudOptions,
  parts: Parts,
  wired: {
    clients: Clients;
    queueUrls: { ingest: string; jobs: string };
    functions: Functions;
    bucket: string;
  },
): void {
  const { clients, queueUrls, functions, bucket } = wired;
  const map = (functionName: 'ingest' | 'jobs', what: string) => {
    const mapping = startEventSourceMapping({
      sqs: clients.sqs,
      queueUrl: queueUrls[functionName],
      visibilityTimeoutSeconds,
      handler: functions[functionName],
      functionName,
      onFailure: (error) => options.onFailure(what, error),
    });
    parts.users.push((graceMs) => atMost(graceMs, mapping.stop()));
  };
  map('ingest', 'Ingesting');
  map('jobs', 'Working at jobs');
  if (sendsOwnEvents(options.environment)) return;
  const watcher = startBucketWatcher({
    s3: clients.s3,
    sqs: clients.sqs,
    bucket,
    queueUrl: queueUrls.ingest,
    intervalMs: watchIntervalMs,
    onFailure: (error) => options.onFailure('Watching the bucket', error),
  });
  parts.users.push(() => watcher.stop());
}

async function importFunctions(): Promise<Functions> {
  const [api, ingest, jobs] = await Promise.all([
    import('../functions/api.ts'),
    import('../functions/ingest.ts'),
    import('../functions/jobs.ts'),
  ]);
  // middy's type does not know that its execution mode makes the handler a streaming one.
  return { api: api.handler as unknown as StreamingHandler, ingest: ingest.handler, jobs: jobs.handler };
}

/** Our S3 puts its events straight into our SQS; with one of the two from elsewhere, the bucket has to be watched. */
function sendsOwnEvents(given: Variables): boolean {
  return given['AWS_ENDPOINT_URL_S3'] === undefined && given['AWS_ENDPOINT_URL_SQS'] === undefined;
}

function toRequest({ environment: given, dataDirectory }: LaptopCloudOptions): EmulatorsRequest {
  const within = (name: string) =>
    dataDirectory === undefined ? {} : { directory: join(dataDirectory, name) };
  const needsS3Sqs =
    given['AWS_ENDPOINT_URL_S3'] === undefined || given['AWS_ENDPOINT_URL_SQS'] === undefined;
  return {
    ...(given['AWS_ENDPOINT_URL_DYNAMODB'] === undefined && { dynamoDb: within('dynamodb') }),
    ...(needsS3Sqs && { s3Sqs: { ...within('s3-sqs'), eventQueue: ingestQueue } }),
    models: !hasOwnModel(given),
  };
}

/** Waits for `promise`, but no longer than `ms`. */
async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
