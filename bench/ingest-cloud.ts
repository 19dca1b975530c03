import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createDocumentStore } from '../lib/dynamodb/documents.ts';
import type { DocumentRecord } from '../lib/rag/types.ts';
import { startEmulators } from '../local/emulators/start.ts';
import { provision } from '../local/provision.ts';
import { toCloudEnvironment } from '../local/settings.ts';
import { says } from '../test/wire/model-script.ts';
import { startModelWire } from '../test/wire/model-server.ts';

const scope = 'default/bench' as const;
const { signal } = new AbortController();

/** Length of the vectors: what the stack is deployed with. */
const dimensions = 512;

/** What one embedding call takes. */
export const embeddingMs = 20;

/** The servers that ingestion needs, none of them in its process. */
export interface IngestCloud {
  environment: Record<string, string>;
  /** Puts an object and returns the message that tells of it. */
  put(id: string, body: Uint8Array | string, contentType: string): Promise<string>;
  /** Takes a message off the queue, if there is one. */
  next(): Promise<string | undefined>;
  record(id: string): Promise<DocumentRecord | undefined>;
  close(): Promise<void>;
}

/** Starts them; the emulators in a process of their own, the embedding server in this one. */
export async function startIngestCloud(): Promise<IngestCloud> {
  const vectors = Array.from({ length: 64 }, randomVector);
  const model = await startModelWire({
    embeddings: ({ input }) => ({
      ...{ kind: 'embed', delayMs: embeddingMs },
      vectors: input.map((_, at) => vectors[at % vectors.length] as Float32Array),
    }),
    chat: () => says(''),
  });
  const emulators = await startEmulators({ dynamoDb: {}, s3Sqs: { eventQueue: 'unused' } });
  const own = {
    OPENAI_API_KEY: 'wire',
    OPENAI_BASE_URL: model.baseUrl,
    ...{ CHAT_MODEL: 'none', EMBEDDING_MODEL: 'wire', EMBEDDING_DIMENSIONS: String(dimensions) },
  };
  const environment = toCloudEnvironment(own, emulators.endpoints);
  Object.assign(process.env, environment);
  const clients = { dynamoDb: new DynamoDBClient({}), s3: new S3Client({}), sqs: new SQSClient({}) };
  const queue = { name: 'ingest', visibilityTimeoutSeconds: 900, maxReceives: 4 };
  const { queueUrl: QueueUrl } = await provision(clients, environment, queue);
  const documents = createDocumentStore(clients.dynamoDb, environment.KNOWLEDGE_TABLE);
  return {
    environment: { ...environment, INGEST_QUEUE_URL: QueueUrl },
    put: async (id, Body, ContentType) => {
      const key = `${scope}/${id}`;
      const object = { Bucket: environment.DOCUMENTS_BUCKET, Key: key, Body, ContentType };
      await clients.s3.send(new PutObjectCommand(object));
      const s3 = { bucket: { name: environment.DOCUMENTS_BUCKET }, object: { key } };
      return JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] });
    },
    next: async () => {
      const { Messages: [message] = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      if (!message) return undefined;
      const { ReceiptHandle, Body } = message;
      await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return Body;
    },
    record: (id) => documents.get({ scope, id }, { signal }),
    close: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await emulators.close();
      await model.close();
    },
  };
}

function randomVector(): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, () => Math.random() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
