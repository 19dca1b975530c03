import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Clients of emulators at the endpoint, with credentials that are worth nothing. */
export function createClients(endpoint: string): { s3: S3Client; sqs: SQSClient } {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const settings = { endpoint, region: 'us-east-1', credentials };
  return { s3: new S3Client(settings), sqs: new SQSClient(settings) };
}
