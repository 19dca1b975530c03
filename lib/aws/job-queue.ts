import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { RagError } from '../rag/errors.ts';
import type { JobMessage, JobQueue } from '../rag/ports/jobs.ts';

/** SQS holds a message back no longer. */
const maxDelaySeconds = 900;

/**
 * The queue of jobs. It is told whose a message is: where one tenant's take most of the places, SQS brings others' first
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html). Throws RagError `storage_unavailable`.
 */
export function createJobQueue(client: SQSClient, queueUrl: string): JobQueue {
  return {
    send: async (what, { signal }) => {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(what),
        MessageGroupId: what.tenant,
        DelaySeconds: delaySeconds(what),
      });
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

function delaySeconds({ dueAtMs = 0 }: JobMessage): number {
  return Math.min(maxDelaySeconds, Math.max(0, Math.ceil((dueAtMs - Date.now()) / 1_000)));
}
