import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { RagError } from '../rag/errors.ts';
import type { DocumentEvents } from '../rag/ports/originals.ts';
import { objectKey } from './documents-bucket.ts';

/** A client whose region, credentials and endpoint come from the SDK's own environment. */
export function createSqs(): SQSClient {
  return new SQSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
}

/** The ingest queue, to which the documents' bucket sends its events too. */
export function createDocumentEvents(
  client: SQSClient,
  { queueUrl, bucket }: { queueUrl: string; bucket: string },
): DocumentEvents {
  return {
    replay: async (key, { signal }) => {
      const MessageBody = toNotification(bucket, objectKey(key));
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody });
      try {
        await client.send(command, { abortSignal: signal });
      } catch (error) {
        signal.throwIfAborted();
        throw new RagError('storage_unavailable', 'The queue did not answer. Try again shortly.', {
          cause: error,
        });
      }
    },
  };
}

/** What S3 sends when an object is put, as far as it is read. Keys are form-encoded, with the slashes left as they are. */
function toNotification(bucket: string, objectKey: string): string {
  const key = encodeURIComponent(objectKey).replaceAll('%2F', '/').replaceAll('%20', '+');
  return JSON.stringify({
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object: { key } },
      },
    ],
  });
}
