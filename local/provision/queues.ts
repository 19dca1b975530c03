import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/**
 * Creates the queue and the queue of its dead letters, `name-dead-letters`, if they are missing, sets how they work
 * together, and returns the queue's URL.
 */
export async function ensureQueues(
  sqs: SQSClient,
  queue: { name: string; visibilityTimeoutSeconds: number; maxReceives: number },
): Promise<string> {
  const { name, visibilityTimeoutSeconds, maxReceives } = queue;
  const [url, deadLettersUrl] = await Promise.all([create(sqs, name), create(sqs, `${name}-dead-letters`)]);
  const ask = new GetQueueAttributesCommand({ QueueUrl: deadLettersUrl, AttributeNames: ['QueueArn'] });
  const { Attributes = {} } = await sqs.send(ask);
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: Attributes['QueueArn'],
    maxReceiveCount: maxReceives,
  });
  const VisibilityTimeout = String(visibilityTimeoutSeconds);
  const set = new SetQueueAttributesCommand({
    QueueUrl: url,
    Attributes: { VisibilityTimeout, RedrivePolicy },
  });
  await sqs.send(set);
  return url;
}

/** Without attributes, creating a queue that exists returns it, whatever it is set to. */
async function create(sqs: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  if (QueueUrl === undefined) throw new Error(`The queue ${name} has no URL.`);
  return QueueUrl;
}
