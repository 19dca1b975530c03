import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersTable, knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { startDynamoDb, type LocalDynamoDb } from '../../local/dynamodb/server.ts';
import { provision, type Clients } from '../../local/provision.ts';
import { assertIndexFits } from '../../local/provision/tables.ts';
import { startS3Sqs, type S3Sqs } from '../../local/s3-sqs/start.ts';
import { toCloudEnvironment } from '../../local/settings.ts';
import { createClients } from './s3-sqs/clients.ts';

const queue = { name: 'raglan-ingest', visibilityTimeoutSeconds: 5, maxReceives: 3 };
let dynamo: LocalDynamoDb;
let s3Sqs: S3Sqs;
let clients: Clients;

function environment(model: string, dimensions: number) {
  const models = { baseUrl: 'http://127.0.0.1:1/v1', chatModel: 'c', embeddingModel: model, dimensions };
  return toCloudEnvironment({}, { dynamoDb: dynamo.endpoint, s3Sqs: s3Sqs.endpoint, models });
}

beforeAll(async () => {
  [dynamo, s3Sqs] = await Promise.all([startDynamoDb(), startS3Sqs({ eventQueue: queue.name })]);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamoDb = new DynamoDBClient({ endpoint: dynamo.endpoint, region: 'us-east-1', credentials });
  clients = { dynamoDb, ...createClients(s3Sqs.endpoint) };
});

afterAll(() => Promise.all([dynamo.close(), s3Sqs.close()]));

it('creates tables, bucket and queues, and does so again without harm', async () => {
  const first = await provision(clients, environment('MiniLM', 3), queue);
  expect(await provision(clients, environment('MiniLM', 3), queue)).toEqual(first);
  const { dynamoDb, s3, sqs } = clients;
  const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: 'raglan-knowledge' }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  expect(Table?.VectorIndexes?.map(({ IndexName }) => IndexName)).toEqual(['chunks-minilm-3']);
  const expiry = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName: 'raglan-answers' }));
  expect(expiry.TimeToLiveDescription?.AttributeName).toBe('expiresAt');
  await s3.send(new HeadBucketCommand({ Bucket: 'raglan-documents' }));
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'raglan-ingest-dead-letters' }));
  const ask = (url: string | undefined) =>
    sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  const { Attributes } = await ask(first.queueUrl);
  expect(Attributes?.['VisibilityTimeout']).toBe('5');
  expect(JSON.parse(Attributes?.['RedrivePolicy'] ?? '')).toEqual({
    deadLetterTargetArn: (await ask(QueueUrl)).Attributes?.['QueueArn'],
    maxReceiveCount: 3,
  });
});

describe('cached answers', () => {
  const table = { TableName: 'raglan-answers' };
  const indexNames = async () => {
    const { Table } = await clients.dynamoDb.send(new DescribeTableCommand(table));
    return Table?.VectorIndexes?.map(({ IndexName }) => IndexName);
  };
  const replaceTable = async (input: Omit<CreateTableCommandInput, 'TableName'>) => {
    await clients.dynamoDb.send(new DeleteTableCommand(table));
    await clients.dynamoDb.send(new CreateTableCommand({ ...input, ...table }));
  };
  const create = () => provision(clients, environment('MiniLM', 3), queue);

  it('of another model, or of a version before there were indexes, are thrown away', async () => {
    await create();
    expect((await create()).isCacheAnew).toBe(false);
    const {
      expiresAttribute: _,
      VectorIndexes: __,
      ...older
    } = answersTable({ model: 'other', dimensions: 3 });
    const AttributeDefinitions = older.AttributeDefinitions!.slice(0, 1);
    await replaceTable({ ...older, AttributeDefinitions });
    expect((await create()).isCacheAnew).toBe(true);
    expect(await indexNames()).toEqual(['answers-minilm-3']);
    const { expiresAttribute: ___, ...other } = answersTable({ model: 'other', dimensions: 3 });
    await replaceTable(other);
    expect((await create()).isCacheAnew).toBe(true);
    expect(await indexNames()).toEqual(['answers-minilm-3']);
  });

  it('stay where the start is refused', async () => {
    await create();
    await expect(provision(clients, environment('other-model', 4), queue)).rejects.toMatchObject({
      code: 'index_mismatch',
    });
    expect(await indexNames()).toEqual(['answers-minilm-3']);
  });

  it('are not looked for in a table of somebody else, which stays', async () => {
    await create();
    const theirs = { AttributeName: 'id', AttributeType: 'S' as const };
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' as const }];
    await replaceTable({ BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [theirs], KeySchema });
    await expect(create()).rejects.toMatchObject({ code: 'configuration' });
    expect(await indexNames()).toBeUndefined();
    await clients.dynamoDb.send(new DeleteTableCommand(table));
  });
});

it('refuses another model than the stored one, and says what is stored, what is set and what to do', async () => {
  await provision(clients, environment('MiniLM', 3), queue);
  const refused = provision(clients, environment('other-model', 4), queue);
  await expect(refused).rejects.toMatchObject({
    code: 'index_mismatch',
    message: expect.stringMatching(
      /raglan-knowledge: chunks-minilm-3 \(3 dimensions\)[^]*EMBEDDING_MODEL=other-model, EMBEDDING_DIMENSIONS=4[^]*npm run reindex[^]*DATA_DIR/,
    ),
  });
});

describe('a database without vector indexes', () => {
  it('is refused with the variable that names it', () => {
    const table = { TableName: 'raglan-knowledge' };
    const check = () => assertIndexFits(table, { model: 'MiniLM', dimensions: 3 });
    expect(check).toThrow(/no vector index[^]*Unset AWS_ENDPOINT_URL_DYNAMODB/);
  });
});

it('an index that an older version made without what is needed now is refused by name', () => {
  const embedding = { model: 'MiniLM', dimensions: 3 };
  const [index] = knowledgeTable(embedding).VectorIndexes!;
  const tableWith = (NonKeyAttributes: string[]) => ({
    TableName: 'raglan-knowledge',
    VectorIndexes: [{ ...index, Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes } }],
  });
  const now = index!.Projection!.NonKeyAttributes!;
  expect(() => assertIndexFits(tableWith(now), embedding)).not.toThrow();
  const old = tableWith(now.filter((name) => name !== 'metadata'));
  expect(() => assertIndexFits(old, embedding)).toThrow(/chunks-minilm-3 lacks metadata[^]*DATA_DIR/);
});
