import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { RagError } from '../rag/errors.ts';
import type { DocumentEvents } from '../rag/ports.ts';
import { objectKey } from './documents-bucket.ts';
import { toObjectEvent } from './object-events.ts';

/** A client whose region, credentials and endpoint come from the SDK's own environment. */
export function createSqs(): SQSClient {
  return new SQSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 },
  });
}

/** The ingest queue, to which the bucket sends its events too. */
export function createDocumentEvents(client: SQSClient, queueUrl: string): DocumentEvents {
  return {
    replay: async (key, { signal }) => {
      const MessageBody = toObjectEvent(objectKey(key));
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
