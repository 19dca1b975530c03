import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { delay } from '../../lib/async/delay.ts';
import { invokeForBatch, type QueueHandler } from './invoke-for-batch.ts';

export interface EventSourceMappingOptions {
  sqs: SQSClient;
  queueUrl: string;
  /** The queue's own visibility time-out in seconds: how soon a message that failed comes again. */
  visibilityTimeoutSeconds: number;
  handler: QueueHandler;
  functionName: string;
  /** Longest invocation in milliseconds; Lambda's own limit if left out. */
  timeoutMs?: number;
  /** Hears of failed invocations and of calls to the queue that failed; neither ends the mapping. */
  onFailure(error: Error): void;
}

/** Invocations at once: what SQS starts with at least, and enough for two cores. */
const pollers = 2;

/** The longest that SQS waits for messages, in seconds. */
const longPollSeconds = 20;

const maxBackOffMs = 5_000;

/**
 * Carries messages from a queue to a function as Lambda's event source mapping does
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html): batches of at most ten, what succeeded
 * is deleted, what failed comes again after its visibility time-out and goes to the dead letters in the end. `stop`
 * takes no more messages and resolves when the running invocations have ended.
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = Promise.all(Array.from({ length: pollers }, () => poll(options, stopping.signal)));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function poll(options: EventSourceMappingOptions, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const messages = await receive(options, signal);
      if (messages.length > 0) await work(options, messages);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      options.onFailure(toError(error));
      const backOffMs = Math.min(maxBackOffMs, 100 * 2 ** failures);
      // Only the abort ends this wait early, and the loop looks at that itself.
      await delay(backOffMs, { signal }).catch(() => undefined);
    }
  }
}

async function receive(
  { sqs, queueUrl }: EventSourceMappingOptions,
  signal: AbortSignal,
): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: longPollSeconds,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  const { Messages = [] } = await sqs.send(command, { abortSignal: signal });
  return Messages;
}

async function work(options: EventSourceMappingOptions, messages: Message[]): Promise<void> {
  const done = new AbortController();
  const hidden = keepHidden(options, messages, done.signal);
  const { handler, functionName, timeoutMs = 900_000, queueUrl } = options;
  let succeeded: Message[] = [];
  try {
    succeeded = await invokeForBatch(handler, { messages, functionName, timeoutMs, queueUrl });
  } catch (error) {
    options.onFailure(toError(error));
  } finally {
    done.abort();
    await hidden;
  }
  if (succeeded.length > 0) await remove(options, succeeded);
}

async function remove({ sqs, queueUrl }: EventSourceMappingOptions, messages: Message[]): Promise<void> {
  const Entries = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}

/**
 * Renews the messages' time-out while they are worked on. On AWS the queue's time-out is longer than the function's; the
 * laptop's is short instead, so that what a stopped server left comes again at once when it is started.
 */
async function keepHidden(options: EventSourceMappingOptions, messages: Message[], signal: AbortSignal) {
  const { sqs, queueUrl, visibilityTimeoutSeconds: VisibilityTimeout } = options;
  const Entries = messages.map(({ ReceiptHandle }, n) => ({
    Id: String(n),
    ReceiptHandle,
    VisibilityTimeout,
  }));
  while (!signal.aborted) {
    try {
      await delay((VisibilityTimeout * 1000) / 3, { signal });
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
    } catch (error) {
      if (!signal.aborted) options.onFailure(toError(error));
    }
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something that is no error was thrown.');
}
