import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { startDeadline } from '../async/deadline.ts';

/** Kept back from the invocation's time, so that what failed is told before the platform ends it. */
const reserveMs = 5_000;

/** What is known of the delivery of a message, and the time that there is for it. */
export interface Delivered {
  /** Aborts when the time is over. */
  signal: AbortSignal;
  /** Aborts before that, when nothing is to be begun any more. */
  closing: AbortSignal;
  /** Which delivery of the message it is, from 1. */
  attempt: number;
  /** How often a message is tried; the delivery after that is the last. */
  tries: number;
}

/** How a function takes messages. */
export interface QueueHandlerOptions {
  /** How often the queue delivers a message before it goes to the dead letters. */
  maxReceives: number;
  /** Kept back for what is under way when nothing is begun any more. */
  handOverMs: number;
  /** Takes the body of one message; what it throws has the message delivered again. */
  take: (body: string, delivered: Delivered) => Promise<void>;
  onError: (error: unknown) => void;
}

/** The handler of a function behind an SQS queue. Messages that fail are delivered again, those beside them are not. */
export function createQueueHandler({ maxReceives, handOverMs, take, onError }: QueueHandlerOptions) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const timeMs = Math.max(0, context.getRemainingTimeInMillis() - reserveMs);
    using deadline = startDeadline(timeMs);
    using closing = startDeadline(Math.max(0, timeMs - handOverMs));
    const { signal } = deadline;
    const takeRecord = async ({ body, attributes }: SQSRecord) => {
      const attempt = Number(attributes.ApproximateReceiveCount);
      try {
        // The last delivery is not for working: a message that ends the process each time is told of there.
        await take(body, { signal, closing: closing.signal, attempt, tries: maxReceives - 1 });
      } catch (error) {
        onError(error);
        throw error;
      }
    };
    // A processor of its own: it keeps the batch's state, and invocations may share the process.
    const processor = new BatchProcessor(EventType.SQS);
    return await processPartialResponse(event, takeRecord, processor, {
      context,
      throwOnFullBatchFailure: false,
    });
  };
}
