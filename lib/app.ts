import { createDocumentEvents, createSqs } from './aws/document-events.ts';
import { createDocumentBucket, createS3 } from './aws/documents-bucket.ts';
import { createJobQueue } from './aws/job-queue.ts';
import { createSecret } from './aws/secret.ts';
import { createTelemetry } from './aws/telemetry.ts';
import type { ApiConfig, IngestConfig } from './config.ts';
import { createAnswerLeases } from './dynamodb/answer-leases.ts';
import { createAnswerLog } from './dynamodb/answer-log.ts';
import { createAnswerStore } from './dynamodb/answers.ts';
import { createBudgets } from './dynamodb/budgets.ts';
import { createChunkStore } from './dynamodb/chunks.ts';
import { createDynamoDb } from './dynamodb/client.ts';
import { createDocumentStore } from './dynamodb/documents.ts';
import { createVectorIndex } from './dynamodb/index-move.ts';
import { createKeyStore } from './dynamodb/keys.ts';
import { createRateLimits } from './dynamodb/rate-limits.ts';
import { createJobStore } from './dynamodb/jobs.ts';
import { createKeywordIndex } from './dynamodb/postings.ts';
import { createServedEmbedding } from './dynamodb/served-embedding.ts';
import { createServedAnswers } from './dynamodb/served-answers.ts';
import { answerIndexName, chunkIndexName } from './dynamodb/tables.ts';
import { createWebhookSecrets } from './dynamodb/webhook-secrets.ts';
import { identifyAnybody, identifyByKey } from './http/access.ts';
import { createApi, type Api } from './http/api.ts';
import { createChat } from './openai/chat.ts';
import { createOpenAi } from './openai/client.ts';
import { createEmbeddings } from './openai/embeddings.ts';
import { createProviders, type ProviderOptions } from './openai/providers.ts';
import { createReranker } from './openai/rerank.ts';
import { contentTypes } from './parse/content-types.ts';
import { createParser } from './parse/parser.ts';
import { createAnswerStreams } from './rag/answer-log/answer-streams.ts';
import { createAccess, type AccessByKey } from './rag/access/access.ts';
import { createAsk } from './rag/ask/ask.ts';
import { createDescribeCache } from './rag/cache/describe.ts';
import { createFeedback } from './rag/cache/feedback.ts';
import { createPurge } from './rag/cache/purge.ts';
import { createCreateJob } from './rag/jobs/create-job.ts';
import { maxDocumentBytes } from './rag/ingest/acceptance.ts';
import { createIngest, type Ingest } from './rag/ingest/ingest.ts';
import { createReadPassage } from './rag/retrieve/read-passage.ts';
import type { KeyStore } from './rag/ports/access.ts';
import type { CallOptions } from './rag/ports/call.ts';
import type { ChatModel, Reranker } from './rag/ports/models.ts';
import type { Telemetry } from './rag/ports/telemetry.ts';
import { createReindex, dropPrevious, type Reindexed, type ReindexOptions } from './rag/ingest/reindex.ts';
import { createRetire } from './rag/ingest/retire.ts';
import { createRetryDocument } from './rag/ingest/retry-document.ts';
import { assertServed, checkedForIngestion, checkedForQuestions } from './rag/ingest/serving.ts';
import type { Embedding } from './rag/ports/vectors.ts';
import { problemOfWebhookUrl } from './webhook/url.ts';

/** The HTTP API, wired from its configuration. */
export function createApiApp(config: ApiConfig): { api: Api; telemetry: Telemetry } {
  const shared = createShared(config);
  const { telemetry, bucket, documents, client } = shared;
  const { ask, cache, embeddings, chat } = createFlow(config, shared);
  const jobs = createJobPorts(config, shared);
  const log = config.ANSWER_LOG === 'on' ? createAnswerLog(client, config.CONTROL_TABLE) : undefined;
  const api = createApi({
    ask,
    ...createAnswerStreams(ask, log, (error) => telemetry.failed('answer log', error)),
    takeFeedback: createFeedback(cache),
    purgeCache: createPurge({ ...cache, documents }),
    describeCache: createDescribeCache(cache),
    identify: config.AUTH === 'keys' ? identifyByKey(createKeyAccess(config, shared)) : identifyAnybody,
    allowedOrigins: config.ALLOWED_ORIGINS,
    // What a key keeps out elsewhere, here only the origin can.
    refusesOtherPages: config.AUTH === 'none',
    budgetMs: config.ASK_BUDGET_MS,
    onError: (error) => telemetry.failed('request', error),
    bucket,
    documents,
    retire: createRetire({ bucket, documents }),
    retryDocument: createRetryDocument({ bucket, documents, events: shared.events }),
    readPassage: createReadPassage(shared),
    createJob: createCreateJob(jobs),
    problemOfWebhookUrl,
    jobs: jobs.jobs,
    contentTypes,
    models: { chat: chat.model, embedding: embeddings.model, dimensions: embeddings.dimensions },
  });
  return { api, telemetry };
}

/** The ingestion, wired from its configuration. */
export function createIngestApp(config: IngestConfig): { ingest: Ingest; telemetry: Telemetry } {
  const shared = createShared(config);
  const embeddings = checkedForIngestion(shared.embeddings, shared.servedEmbedding);
  const ingest = createIngest({ ...shared, embeddings, parser: createParser(), maxBytes: maxDocumentBytes });
  return { ingest, telemetry: shared.telemetry };
}

/**
 * Embeds one word, to learn before the first question whether the model fits its configuration. Throws RagError
 * `index_mismatch` if it does not, and `model_*` if it cannot be asked.
 */
export async function checkEmbeddings(config: IngestConfig, options: CallOptions): Promise<void> {
  await createShared(config).embeddings.embed(['Raglan'], options);
}

/** Throws RagError `index_mismatch` unless the table is served by the model that is configured, with the way out. */
export async function checkServed(config: IngestConfig, options: CallOptions): Promise<void> {
  const { servedEmbedding, embeddings } = createShared(config);
  await assertServed(servedEmbedding, embeddings, options);
}

/** The move of all that is stored to the embedding model that is configured, and the end of the one before. */
export function createReindexApp(config: IngestConfig): {
  reindex: (options: ReindexOptions) => Promise<Reindexed>;
  dropPrevious: (options: CallOptions) => Promise<Embedding | undefined>;
} {
  const { client, servedEmbedding: served, embeddings } = createShared(config);
  const indexOf = (embedding: Embedding) =>
    createVectorIndex(client, { table: config.KNOWLEDGE_TABLE, embedding });
  return {
    reindex: createReindex({ served, embeddings, index: indexOf(embeddings) }),
    dropPrevious: (options) => dropPrevious({ served, indexOf }, options),
  };
}

/** Answering, as the API and the work at jobs do it. */
export function createFlow(config: ApiConfig, shared: ReturnType<typeof createShared>) {
  const { client } = shared;
  const embeddings = checkedForQuestions(shared.embeddings, shared.servedEmbedding);
  const chat = createChatModel(config, shared);
  const cache = {
    answers: createAnswerStore(client, { table: config.ANSWERS_TABLE, index: answerIndexName(embeddings) }),
    leases: createAnswerLeases(client, config.ANSWERS_TABLE),
    served: createServedAnswers(client, config.ANSWERS_TABLE),
    maxErrorRate: config.CACHE_MAX_ERROR_RATE,
  };
  const ask = createAsk({ ...shared, ...cache, embeddings, chat, ...createReranking(config) });
  return { ask, cache, embeddings, chat };
}

/** Where jobs are kept and what they go through. */
export function createJobPorts(
  { CONTROL_TABLE: table, JOBS_QUEUE_URL: queueUrl }: ApiConfig,
  { client, sqs }: ReturnType<typeof createShared>,
) {
  return {
    jobs: createJobStore(client, table),
    queue: createJobQueue(sqs, queueUrl),
    secrets: createWebhookSecrets(client, table),
  };
}

/** The keys of a control table, for those who make and revoke them; the database is the one of the SDK's environment. */
export function createKeys(table: string): KeyStore {
  return createKeyStore(createDynamoDb(), table);
}

/** What all are made of. */
export function createShared(config: ApiConfig | IngestConfig) {
  const client = createDynamoDb();
  const sqs = createSqs();
  const embedding = { model: config.EMBEDDING_MODEL, dimensions: config.EMBEDDING_DIMENSIONS };
  const index = chunkIndexName(embedding);
  const openAi = createOpenAi({ baseUrl: config.OPENAI_BASE_URL, apiKey: createApiKey(config) });
  return {
    client,
    sqs,
    openAi,
    telemetry: createTelemetry(),
    embeddings: createEmbeddings(openAi, embedding),
    bucket: createDocumentBucket(createS3(), config.DOCUMENTS_BUCKET),
    events: createDocumentEvents(sqs, {
      queueUrl: config.INGEST_QUEUE_URL,
      bucket: config.DOCUMENTS_BUCKET,
    }),
    documents: createDocumentStore(client, config.KNOWLEDGE_TABLE),
    chunks: createChunkStore(client, { table: config.KNOWLEDGE_TABLE, index }),
    keywords: createKeywordIndex(client, config.KNOWLEDGE_TABLE),
    servedEmbedding: createServedEmbedding(client, config.KNOWLEDGE_TABLE),
  };
}

/** The providers that are configured, or else the model beside the one that embeds. */
function createChatModel(
  config: ApiConfig,
  { openAi, telemetry }: ReturnType<typeof createShared>,
): ChatModel {
  const { PROVIDERS: list, CHAT_MODEL: model = '' } = config;
  if (!list) return createChat(openAi, model);
  const toOptions = ({ apiKey: key, secretArn, ...provider }: (typeof list)[number]): ProviderOptions => ({
    ...provider,
    // Servers without keys take any, and the client insists on one.
    apiKey: createKey(key, secretArn) ?? (async () => 'none'),
  });
  const [first, ...others] = list;
  return createProviders([toOptions(first), ...others.map(toOptions)], (name, error) =>
    telemetry.failed(`provider ${name}`, error),
  );
}

/** Who may do what, by the keys of the control table. */
export function createKeyAccess(
  { CONTROL_TABLE: table }: ApiConfig,
  { client, telemetry }: ReturnType<typeof createShared>,
): AccessByKey {
  const keys = createKeyStore(client, table);
  const limits = createRateLimits(client, table);
  return createAccess({ keys, limits, budgets: createBudgets(client, table), telemetry });
}

/** The reranker, where one is configured. */
function createReranking(config: ApiConfig): { reranker?: Reranker } {
  const { RERANK_URL: url, RERANK_MODEL: model, RERANK_API_KEY: key, RERANK_SECRET_ARN: arn } = config;
  if (url === undefined) return {};
  return { reranker: createReranker({ url, model, apiKey: createKey(key, arn) }) };
}

function createApiKey(config: ApiConfig | IngestConfig): () => Promise<string> {
  const { OPENAI_API_KEY: key, OPENAI_SECRET_ARN: arn } = config;
  return createKey(key, arn) ?? (async () => '');
}

/** A key that is given, or the one that lies in a secret. */
function createKey(key: string | undefined, arn: string | undefined): (() => Promise<string>) | undefined {
  if (arn !== undefined) return createSecret(arn);
  return key === undefined ? undefined : async () => key;
}
