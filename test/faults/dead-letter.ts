import { GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { documentsOf } from '../../lib/aws/object-events.ts';
import type { Scope } from '../../lib/rag/types.ts';
import type { LexicalCloud } from '../http/lexical-cloud.ts';

/** The documents of the first message among the dead letters, waiting for it as long as a queue lets one wait. */
export async function deadLetter({ cloud }: LexicalCloud): Promise<{ scope: Scope; id: string }[]> {
  const { sqs } = cloud.clients;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'raglan-ingest-dead-letters' }));
  const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
  const { Messages: [message] = [] } = await sqs.send(receive);
  return message?.Body === undefined ? [] : documentsOf(message.Body, 'raglan-documents');
}
