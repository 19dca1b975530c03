import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { chunkIndexName, type TableSpec } from '../../lib/dynamodb/tables.ts';
import { startDynamoDb, type LocalDynamoDb } from '../../local/dynamodb/server.ts';
import { startS3Sqs, type S3Sqs } from '../../local/s3-sqs/start.ts';

/** The embedding that the contracts' vectors are of. */
export const embedding = { model: 'contract', dimensions: 4 };

/** Name of its index. */
export const index = chunkIndexName(embedding);

const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** A DynamoDB for the tests of a file; `table` makes a table of its own for each caller. */
export function useDynamoDb() {
  let server: LocalDynamoDb;
  let client: DynamoDBClient;
  let count = 0;
  beforeAll(async () => {
    server = await startDynamoDb();
    client = new DynamoDBClient({ ...settings, endpoint: server.endpoint });
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });
  return {
    client: () => client,
    table: async (spec: TableSpec): Promise<string> => {
      const { expiresAttribute: _, ...input } = spec;
      count += 1;
      const TableName = `table-${count}`;
      await client.send(new CreateTableCommand({ ...input, TableName }));
      return TableName;
    },
  };
}

/** An S3 for the tests of a file; `bucket` makes a bucket of its own for each caller. */
export function useS3() {
  let server: S3Sqs;
  let client: S3Client;
  let count = 0;
  beforeAll(async () => {
    server = await startS3Sqs({ eventQueue: 'unused' });
    client = new S3Client({ ...settings, endpoint: server.endpoint });
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });
  return {
    client: () => client,
    bucket: async (): Promise<string> => {
      count += 1;
      const Bucket = `bucket-${count}`;
      await client.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    },
  };
}
