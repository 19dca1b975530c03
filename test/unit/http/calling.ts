import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { identifyAnybody } from '../../../lib/http/access.ts';
import { createApi, type Api, type ApiDependencies } from '../../../lib/http/api.ts';
import type { HttpResponse } from '../../../lib/http/response.ts';
import { createDescribeCache } from '../../../lib/rag/cache/describe.ts';
import { createFeedback } from '../../../lib/rag/cache/feedback.ts';
import { createPurge } from '../../../lib/rag/cache/purge.ts';
import type { Identify } from '../../../lib/http/router.ts';
import { createAnswerStreams } from '../../../lib/rag/answer-log/answer-streams.ts';
import { createRetire } from '../../../lib/rag/ingest/retire.ts';
import { createRetryDocument } from '../../../lib/rag/ingest/retry-document.ts';
import { createReadPassage } from '../../../lib/rag/retrieve/read-passage.ts';
import { createCreateJob } from '../../../lib/rag/jobs/create-job.ts';
import { problemOfWebhookUrl } from '../../../lib/webhook/url.ts';
import type { ChatMessage } from '../../../lib/rag/ports/models.ts';
import { createFakeLog } from '../../fakes/answer-log.ts';
import type { Reply } from '../../fakes/chat.ts';
import { createFakeBucket } from '../../fakes/document-bucket.ts';
import { createFakeEvents } from '../../fakes/document-events.ts';
import { createFakeJobQueue, createFakeJobs, createFakeSecrets } from '../../fakes/jobs.ts';
import { createWorld } from '../../fakes/world.ts';

/** The API over fakes; everybody may do everything unless `identify` says otherwise. */
export function createService(
  reply?: (messages: readonly ChatMessage[]) => Reply,
  identify: Identify = identifyAnybody,
) {
  const world = createWorld(reply);
  const bucket = createFakeBucket(world.calls);
  const events = createFakeEvents(world.calls);
  const failures: unknown[] = [];
  const log = createFakeLog(world.calls);
  const jobs = createFakeJobs(world.calls);
  const queue = createFakeJobQueue(world.calls);
  const secrets = createFakeSecrets(world.calls);
  const { ask, answers, documents, served } = world;
  const dependencies: ApiDependencies = {
    ...{ ask, bucket, documents },
    ...createAnswerStreams(ask, log, (error) => failures.push(error)),
    takeFeedback: createFeedback({ answers, served }),
    purgeCache: createPurge({ answers, documents }),
    describeCache: createDescribeCache({ answers, maxErrorRate: 0.01 }),
    identify,
    allowedOrigins: [],
    refusesOtherPages: true,
    budgetMs: 60_000,
    onError: (error) => failures.push(error),
    retire: createRetire({ bucket, documents }),
    retryDocument: createRetryDocument({ bucket, documents, events }),
    contentTypes: ['text/plain', 'text/markdown', 'application/pdf'],
    readPassage: createReadPassage(world),
    createJob: createCreateJob({ jobs, queue, secrets }),
    problemOfWebhookUrl,
    jobs,
    models: { chat: 'fake-chat', embedding: 'fake-embedding', dimensions: 16 },
  };
  return { ...world, bucket, events, log, jobs, queue, dependencies, api: createApi(dependencies), failures };
}

export interface Sent {
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Whether the platform hands the body over as text. */
  isText?: boolean;
  remainingMs?: number;
}

/** Calls a route as a function URL does. */
export function call(api: Api, method: string, url: string, sent: Sent = {}): Promise<HttpResponse> {
  const [rawPath = '', rawQueryString = ''] = url.split('?');
  const event = {
    ...{ rawPath, rawQueryString, headers: sent.headers ?? {}, requestContext: { http: { method } } },
    ...(sent.body !== undefined && {
      body: Buffer.from(sent.body).toString(sent.isText ? 'utf8' : 'base64'),
      isBase64Encoded: !sent.isText,
    }),
  };
  const { remainingMs = 60_000 } = sent;
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => remainingMs };
  return api(event as unknown as APIGatewayProxyEventV2, context as unknown as Context);
}

/** `POST` of a JSON body. */
export function post(api: Api, url: string, body: unknown, headers: Record<string, string> = {}) {
  return call(api, 'POST', url, {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** The body as JSON. */
export function parsed(response: HttpResponse): Record<string, unknown> {
  return JSON.parse(response.body as string) as Record<string, unknown>;
}

/** A streamed body as text. */
export async function textOf(response: HttpResponse): Promise<string> {
  let text = '';
  for await (const part of response.body) text += part;
  return text;
}

/** The error of a failed call. */
export function errorOf(response: HttpResponse): Record<string, unknown> {
  return parsed(response)['error'] as Record<string, unknown>;
}
