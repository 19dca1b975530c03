import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { startDeadline } from '../lib/async/deadline.ts';
import { readJobMessage } from '../lib/aws/job-messages.ts';
import { parseJobsConfig } from '../lib/config.ts';
import { createJobsApp } from '../lib/jobs-app.ts';
import type { TakeJobOptions } from '../lib/rag/jobs/take-job.ts';

const config = parseJobsConfig();
const { takeJob, telemetry } = createJobsApp(config);

/** Kept back from the invocation's time, so that what failed is told before the platform ends it. */
const reserveMs = 5_000;

/** Kept back before that for the questions under way, which may take a whole budget, and for what follows each. */
const handOverMs = config.ASK_BUDGET_MS + 10_000;

/** Messages about jobs, through SQS. Those that fail are delivered again, the others are not. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const timeMs = Math.max(0, context.getRemainingTimeInMillis() - reserveMs);
  using deadline = startDeadline(timeMs);
  using closing = startDeadline(Math.max(0, timeMs - handOverMs));
  const time = { signal: deadline.signal, closing: closing.signal };
  // A processor of its own: it keeps the batch's state, and invocations may share the process.
  const processor = new BatchProcessor(EventType.SQS);
  return await processPartialResponse(event, (record: SQSRecord) => take(record, time), processor, {
    context,
    throwOnFullBatchFailure: false,
  });
}

async function take(record: SQSRecord, time: Pick<TakeJobOptions, 'signal' | 'closing'>): Promise<void> {
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  try {
    // The last delivery is not for working: a job that ends the process each time is told of there.
    await takeJob(readJobMessage(record.body), { ...time, attempt, tries: config.MAX_RECEIVES - 1 });
  } catch (error) {
    telemetry.failed('job', error);
    throw error;
  }
}
