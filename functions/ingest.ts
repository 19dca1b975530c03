import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { startDeadline } from '../lib/async/deadline.ts';
import { createIngestApp } from '../lib/app.ts';
import { documentsOf } from '../lib/aws/object-events.ts';
import { parseIngestConfig } from '../lib/config.ts';
import type { IngestOptions } from '../lib/rag/ingest/ingest.ts';

const config = parseIngestConfig();
const { ingest, telemetry } = createIngestApp(config);

/** Kept back from the invocation's time, so that what failed is told before the platform ends it. */
const reserveMs = 5_000;

/** Kept back before that for what is under way of a large document, whose rest is then handed on. */
const handOverMs = 60_000;

/** S3 object events, through SQS. Messages that fail are delivered again, the others are not. */
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

async function take(record: SQSRecord, time: Pick<IngestOptions, 'signal' | 'closing'>): Promise<void> {
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  // The last delivery is not for reading: one that ends the process each time is told of there.
  const options = { ...time, attempt, tries: config.MAX_RECEIVES - 1 };
  try {
    for (const document of documentsOf(record.body, config.DOCUMENTS_BUCKET)) {
      const startedAt = performance.now();
      const outcome = await ingest(document, options);
      telemetry.ingested({ ...document, outcome, totalMs: Math.round(performance.now() - startedAt) });
    }
  } catch (error) {
    telemetry.failed('ingest', error);
    throw error;
  }
}
