import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { answersTable } from '../lib/dynamodb/answers-table.ts';
import { knowledgeTable } from '../lib/dynamodb/tables.ts';
import { ensureBucket } from './provision/bucket.ts';
import { ensureQueues } from './provision/queues.ts';
import { assertIndexFits, ensureTable } from './provision/tables.ts';
import type { CloudEnvironment } from './settings.ts';

export interface Clients {
  dynamoDb: DynamoDBClient;
  s3: S3Client;
  sqs: SQSClient;
}

/**
 * Creates what is missing of tables, bucket and queues, on our own servers and on others alike, and returns the ingest
 * queue's URL. Throws RagError `index_mismatch` if what is stored was embedded by another model than the one configured.
 */
export async function provision(
  { dynamoDb, s3, sqs }: Clients,
  environment: CloudEnvironment,
  queue: { name: string; visibilityTimeoutSeconds: number; maxReceives: number },
): Promise<{ queueUrl: string }> {
  const embedding = {
    model: environment.EMBEDDING_MODEL,
    dimensions: Number(environment.EMBEDDING_DIMENSIONS),
  };
  const knowledge = async () => {
    const table = await ensureTable(dynamoDb, environment.KNOWLEDGE_TABLE, knowledgeTable(embedding));
    assertIndexFits(table, embedding);
  };
  const [queueUrl] = await Promise.all([
    ensureQueues(sqs, queue),
    ensureBucket(s3, environment.DOCUMENTS_BUCKET),
    ensureTable(dynamoDb, environment.ANSWERS_TABLE, answersTable(embedding)),
    knowledge(),
  ]);
  return { queueUrl };
}
