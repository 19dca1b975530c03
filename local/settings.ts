import { RagError } from '../lib/rag/errors.ts';
import type { ApiEnvironment, IngestEnvironment } from '../lib/config.ts';
import type { EmulatorEndpoints } from './emulators/protocol.ts';
import { isLoopbackUrl } from './loopback.ts';

/** Environment variables as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables that decide which servers are used instead of our own. */
export const endpointVariables = {
  dynamoDb: 'AWS_ENDPOINT_URL_DYNAMODB',
  s3: 'AWS_ENDPOINT_URL_S3',
  sqs: 'AWS_ENDPOINT_URL_SQS',
} as const;

/** Variables of the functions that stay unset unless the user sets them. */
const passedOn = [
  'ALLOWED_ORIGINS',
  'ANSWER_LOG',
  'PROVIDERS',
  'RERANK_URL',
  'RERANK_MODEL',
  'RERANK_API_KEY',
] as const;

/** Everything the functions and the SDK find in their environment, but for the queues' URLs, which the queues themselves tell. */
export type CloudEnvironment = Omit<
  ApiEnvironment & IngestEnvironment,
  'OPENAI_SECRET_ARN' | 'ASK_BUDGET_MS' | 'INGEST_QUEUE_URL' | 'JOBS_QUEUE_URL' | (typeof passedOn)[number]
> &
  Record<(typeof endpointVariables)[keyof typeof endpointVariables], string> &
  Record<string, string>;

/** How often a message is delivered before it goes to the dead letters: three tries, and once to note what became of them. */
export const maxReceives = 4;

/** Whether a model of the user's own is set, and not the offline ones to be used. */
export function hasOwnModel(given: Variables): boolean {
  return Boolean(given['OPENAI_API_KEY'] ?? given['OPENAI_BASE_URL']);
}

/** Throws RagError `configuration`, one message that names every variable that a model of one's own needs and lacks. */
export function assertModelIsComplete(given: Variables): void {
  if (!hasOwnModel(given)) return;
  const chat = given['PROVIDERS'] ? [] : ['CHAT_MODEL'];
  const missing = [...chat, 'EMBEDDING_MODEL', 'EMBEDDING_DIMENSIONS'].filter((name) => !given[name]);
  if (missing.length === 0) return;
  const set = given['OPENAI_API_KEY'] ? 'OPENAI_API_KEY' : 'OPENAI_BASE_URL';
  throw new RagError(
    'configuration',
    `${set} is set, so that model is used, and these have to be set too: ${missing.join(', ')}.\n` +
      `Unset ${set} to use the offline models.`,
  );
}

/** The functions' environment on this machine: what the user set, and for the rest our own servers. */
export function toCloudEnvironment(given: Variables, own: EmulatorEndpoints): CloudEnvironment {
  const endpoints = {
    AWS_ENDPOINT_URL_DYNAMODB: given['AWS_ENDPOINT_URL_DYNAMODB'] ?? own.dynamoDb ?? '',
    AWS_ENDPOINT_URL_S3: given['AWS_ENDPOINT_URL_S3'] ?? own.s3Sqs ?? '',
    AWS_ENDPOINT_URL_SQS: given['AWS_ENDPOINT_URL_SQS'] ?? own.s3Sqs ?? '',
  };
  return {
    KNOWLEDGE_TABLE: given['KNOWLEDGE_TABLE'] ?? 'raglan-knowledge',
    ANSWERS_TABLE: given['ANSWERS_TABLE'] ?? 'raglan-answers',
    CONTROL_TABLE: given['CONTROL_TABLE'] ?? 'raglan-control',
    AUTH: given['AUTH'] ?? 'none',
    DOCUMENTS_BUCKET: given['DOCUMENTS_BUCKET'] ?? 'raglan-documents',
    MAX_RECEIVES: String(maxReceives),
    // The log is for a person here: failures only, unless asked for more, and no metrics lines.
    POWERTOOLS_LOG_LEVEL: given['POWERTOOLS_LOG_LEVEL'] ?? 'ERROR',
    POWERTOOLS_METRICS_DISABLED: given['POWERTOOLS_METRICS_DISABLED'] ?? 'true',
    ...Object.fromEntries(passedOn.flatMap((name) => (given[name] ? [[name, given[name]]] : []))),
    ...endpoints,
    ...toAwsIdentity(given, Object.values(endpoints)),
    ...toModel(given, own.models),
  };
}

/** The SDK and the functions read the process's environment; a profile would go before the credentials named in it. */
export function setEnvironment(environment: CloudEnvironment): void {
  Object.assign(process.env, environment);
  if (environment['AWS_ACCESS_KEY_ID'] === undefined) return;
  delete process.env['AWS_PROFILE'];
  delete process.env['AWS_SESSION_TOKEN'];
}

function toModel(given: Variables, offline: EmulatorEndpoints['models']) {
  if (offline) {
    return {
      OPENAI_API_KEY: 'offline',
      OPENAI_BASE_URL: offline.baseUrl,
      CHAT_MODEL: offline.chatModel,
      EMBEDDING_MODEL: offline.embeddingModel,
      EMBEDDING_DIMENSIONS: String(offline.dimensions),
    };
  }
  return {
    // Servers on one's own machine take any key, and the client insists on one.
    OPENAI_API_KEY: given['OPENAI_API_KEY'] ?? 'none',
    OPENAI_BASE_URL: given['OPENAI_BASE_URL'] ?? 'https://api.openai.com/v1',
    ...(given['CHAT_MODEL'] !== undefined && { CHAT_MODEL: given['CHAT_MODEL'] }),
    EMBEDDING_MODEL: given['EMBEDDING_MODEL'] ?? '',
    EMBEDDING_DIMENSIONS: given['EMBEDDING_DIMENSIONS'] ?? '',
  };
}

/** Made-up credentials where none are set, and only if no request can leave this machine with them. */
function toAwsIdentity(given: Variables, endpoints: string[]): Record<string, string> {
  // What is not started is called by nobody.
  const called = endpoints.filter((endpoint) => endpoint !== '');
  if (given['AWS_ACCESS_KEY_ID'] !== undefined || !called.every(isLoopbackUrl)) return {};
  return {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: given['AWS_REGION'] ?? 'us-east-1',
  };
}
