import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { createIngestApp } from '../../lib/app.ts';
import { createDocumentBucket } from '../../lib/aws/documents-bucket.ts';
import { parseIngestConfig } from '../../lib/config.ts';
import { createDocumentStore } from '../../lib/dynamodb/documents.ts';
import { knowledgeTable } from '../../lib/dynamodb/tables.ts';
import type { IngestOutcome } from '../../lib/rag/ingest/ingest.ts';
import { createRetire } from '../../lib/rag/ingest/retire.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { startS3Sqs } from '../../local/s3-sqs/start.ts';
import { lexicalDimensions, lexicalModel } from '../wire/lexical-model.ts';
import { startModelWire } from '../wire/model-server.ts';
import { startDyingWire, type DyingWire } from './dying-wire.ts';

/** Everything that a table holds, item by item. */
export type Items = Record<string, AttributeValue>[];

/** The document that all of this is about. */
export const target = { scope: 'default/main', id: 'guide.md' } as const;

const { signal: forever } = new AbortController();
const bucketName = 'documents';

/** Where its object stands. */
export const uri = `s3://${bucketName}/${target.scope}/${target.id}`;

/** Ingestion as it is deployed, over the local DynamoDB and S3, with a wire in between that can die. */
export interface Desk {
  wire: DyingWire;
  /** Takes a table of its own with these items into use. */
  useTable(items?: Items): Promise<void>;
  items(): Promise<Items>;
  /** Puts the object, without its event. */
  put(text: string): Promise<void>;
  /** Removes the object, without its event. */
  drop(): Promise<void>;
  /** Deletes the document as the API does, not over the wire that dies. */
  retire(): Promise<void>;
  /** Delivers the event to a process that starts with nothing in memory. */
  deliver(options?: Delivery): Promise<IngestOutcome>;
  /** Delivers the event and then, one by one, what deliveries send on; how each of them ended. */
  deliverAll(options?: Delivery): Promise<IngestOutcome[]>;
  close(): Promise<void>;
}

/** One delivery; with little time it does the least that a delivery does. */
export interface Delivery {
  attempt?: number;
  tries?: number;
  signal?: AbortSignal;
  hasLittleTime?: boolean;
}

/** Starts it; the SDK finds it by the process's environment, so one a process. */
export async function openDesk(): Promise<Desk> {
  const [dynamoDb, s3Sqs, model] = await Promise.all([
    startDynamoDb(),
    startS3Sqs({ eventQueue: 'unused' }),
    startModelWire(lexicalModel),
  ]);
  const wire = await startDyingWire(dynamoDb.endpoint);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: wire.endpoint,
    AWS_ENDPOINT_URL_S3: s3Sqs.endpoint,
    AWS_ENDPOINT_URL_SQS: s3Sqs.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  });
  const direct = new DynamoDBClient({ endpoint: dynamoDb.endpoint });
  const s3 = new S3Client({});
  await s3.send(new CreateBucketCommand({ Bucket: bucketName }));
  const bucket = createDocumentBucket(s3, bucketName);
  const sqs = new SQSClient({});
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'sent-on' }));
  let count = 0;
  let table = '';

  const deliver = ({ attempt = 1, tries = 3, signal = forever, hasLittleTime = false }: Delivery = {}) => {
    const { ingest } = createIngestApp(
      parseIngestConfig({
        OPENAI_API_KEY: 'wire',
        OPENAI_BASE_URL: model.baseUrl,
        EMBEDDING_MODEL: 'lexical',
        EMBEDDING_DIMENSIONS: String(lexicalDimensions),
        KNOWLEDGE_TABLE: table,
        DOCUMENTS_BUCKET: bucketName,
        INGEST_QUEUE_URL: QueueUrl,
      }),
    );
    const closing = hasLittleTime ? AbortSignal.abort() : forever;
    return ingest(target, { attempt, tries, signal, closing });
  };
  /** Takes a message off the queue. What it says is for the queue's own test. */
  const takeOff = async (): Promise<boolean> => {
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    if (!message) return false;
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return true;
  };

  return {
    wire,
    useTable: async (items = []) => {
      await sqs.send(new PurgeQueueCommand({ QueueUrl }));
      count += 1;
      table = `knowledge-${count}`;
      const spec = knowledgeTable({ model: 'lexical', dimensions: lexicalDimensions });
      const { expiresAttribute: _, ...input } = spec;
      await direct.send(new CreateTableCommand({ ...input, TableName: table }));
      for (let at = 0; at < items.length; at += 25) {
        const writes = items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
        await direct.send(new BatchWriteItemCommand({ RequestItems: { [table]: writes } }));
      }
    },
    items: async () => {
      const { Items = [], LastEvaluatedKey } = await direct.send(
        new ScanCommand({ TableName: table, ConsistentRead: true }),
      );
      if (LastEvaluatedKey) throw new Error('The table holds more than one scan tells.');
      return Items;
    },
    put: async (text) => {
      const object = { body: new TextEncoder().encode(text), contentType: 'text/markdown' };
      await bucket.put(target, object, { signal: forever });
    },
    drop: () => bucket.remove(target, { signal: forever }),
    retire: async () => {
      const documents = createDocumentStore(direct, table);
      await createRetire({ bucket, documents })(target, { signal: forever });
    },
    deliver,
    deliverAll: async (delivery = {}) => {
      const outcomes = [await deliver(delivery)];
      while (await takeOff()) outcomes.push(await deliver({ ...delivery, attempt: 1 }));
      return outcomes;
    },
    close: async () => {
      direct.destroy();
      s3.destroy();
      sqs.destroy();
      await wire.close();
      await Promise.all([dynamoDb.close(), s3Sqs.close(), model.close()]);
    },
  };
}

/** A document of so many passages, in few words, so that there are few postings beside many chunks. */
export function sections(count: number, material: string): string {
  const section = (n: number) => `## ${n % 2 ? 'Crane' : 'Gate'}\n\nIt is made of ${material}.\n`;
  return Array.from({ length: count }, (_, n) => section(n)).join('\n');
}

/** Serves this text, or nothing, from a table of its own, and returns its items. */
export async function served(desk: Desk, text: string | undefined): Promise<Items> {
  desk.wire.arm(() => 'pass');
  await desk.useTable();
  await desk.drop();
  if (text !== undefined) {
    await desk.put(text);
    await desk.deliver();
  }
  return desk.items();
}

/** Times are a run's own, and so is which delivery it was. */
const ownToARun = ['createdAt', 'updatedAt', 'expiresAt', 'attempts'];

/** A table's items by key, without what is a run's own, whose vectors there are, and what else is to be left out. */
export function compared(items: Items, leftOut: readonly string[] = []): Record<string, unknown> {
  const names = new Set([...ownToARun, ...leftOut]);
  const ofDocuments = items.filter(({ pk }) => pk?.S !== 'embedding');
  const entries = ofDocuments.map((item) => {
    const fields = Object.entries(unmarshall(item)).filter(([name]) => !names.has(name));
    return [`${item['pk']?.S} ${item['sk']?.S}`, Object.fromEntries(fields)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
