import { createIngestApp } from '../lib/app.ts';
import { documentsOf } from '../lib/aws/object-events.ts';
import { createQueueHandler } from '../lib/aws/queue-handler.ts';
import { parseIngestConfig } from '../lib/config.ts';

const config = parseIngestConfig();
const { ingest, telemetry } = createIngestApp(config);

/** S3 object events, through SQS. */
export const handler = createQueueHandler({
  maxReceives: config.MAX_RECEIVES,
  // For what is under way of a large document, whose rest is then handed on.
  handOverMs: 60_000,
  take: async (body, delivered) => {
    for (const document of documentsOf(body, config.DOCUMENTS_BUCKET)) {
      const startedAt = performance.now();
      const outcome = await ingest(document, delivered);
      telemetry.ingested({ ...document, outcome, totalMs: Math.round(performance.now() - startedAt) });
    }
  },
  onError: (error) => telemetry.failed('ingest', error),
});
