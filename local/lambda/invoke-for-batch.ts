import type { Message } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { randomUUID } from 'node:crypto';
import { createContext } from './context.ts';

/** A function behind a queue that reports which messages of a batch failed. */
export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse | void>;

/**
 * Invokes a function with a batch and returns the messages that succeeded. Throws what the function throws, which fails
 * the whole batch, as do a time-out and an answer that names messages nobody sent
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */
export async function invokeForBatch(
  handler: QueueHandler,
  invocation: { messages: Message[]; functionName: string; timeoutMs: number; queueUrl: string },
): Promise<Message[]> {
  const { messages, functionName, timeoutMs, queueUrl } = invocation;
  const event = toSqsEvent(messages, queueUrl);
  const context = createContext({
    functionName,
    requestId: randomUUID(),
    deadline: Date.now() + timeoutMs,
  });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The function ran longer than ${timeoutMs} ms.`)), timeoutMs);
  });
  const handled = (async () => handler(event, context))();
  try {
    return withoutFailures(messages, await Promise.race([handled, timeout]));
  } finally {
    clearTimeout(timer);
  }
}

function withoutFailures(messages: Message[], response: SQSBatchResponse | void): Message[] {
  const failed = new Set(response?.batchItemFailures?.map((failure) => failure.itemIdentifier));
  const succeeded = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''));
  if (succeeded.length + failed.size !== messages.length) {
    throw new Error('The function named failures that were not in its batch.');
  }
  return succeeded;
}

function toSqsEvent(messages: Message[], queueUrl: string): SQSEvent {
  const queueName = new URL(queueUrl).pathname.split('/').at(-1) ?? '';
  const Records = messages.map((message) => ({
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: { ...message.Attributes } as unknown as SQSRecord['attributes'],
    messageAttributes: toAttributes(message),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queueName}`,
    awsRegion: 'us-east-1',
  }));
  return { Records };
}

function toAttributes({ MessageAttributes = {} }: Message): SQSRecord['messageAttributes'] {
  const entries = Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => {
    const value = {
      dataType: DataType ?? 'String',
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    };
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}
