import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { controlTable, knowledgeTable } from '../lib/dynamodb/tables.ts';
import { ensureAnswers } from './provision/answers.ts';
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
 * queue's URL and whether the cached answers had to go. Throws RagError `index_mismatch` if what is stored was embedded by
 * another model than the one configured.
 */
export async function provision(
  { dynamoDb, s3, sqs }: Clients,
  environment: CloudEnvironment,
  queue: { name: string; visibilityTimeoutSeconds: number; maxReceives: number },
): Promise<{ queueUrl: string; isCacheAnew: boolean }> {
  const embedding = {
    model: environment.EMBEDDING_MODEL,
    dimensions: Number(environment.EMBEDDING_DIMENSIONS),
  };
  const tables = async () => {
    const table = await ensureTable(dynamoDb, environment.KNOWLEDGE_TABLE, knowledgeTable(embedding));
    assertIndexFits(table, embedding);
    // Only now: a start that is refused throws nothing away.
    return ensureAnswers(dynamoDb, environment.ANSWERS_TABLE, embedding);
  };
  const [queueUrl, , , { isAnew }] = await Promise.all([
    ensureQueues(sqs, queue),
    ensureTable(dynamoDb, environment.CONTROL_TABLE, controlTable()),
    ensureBucket(s3, environment.DOCUMENTS_BUCKET),
    tables(),
  ]);
  return { queueUrl, isCacheAnew: isAnew };
}
