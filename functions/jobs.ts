import { readJobMessage } from '../lib/aws/job-messages.ts';
import { createQueueHandler } from '../lib/aws/queue-handler.ts';
import { parseJobsConfig } from '../lib/config.ts';
import { createJobsApp } from '../lib/jobs-app.ts';

const config = parseJobsConfig();
const { takeJob, telemetry } = createJobsApp(config);

/** Messages about jobs, through SQS. */
export const handler = createQueueHandler({
  maxReceives: config.MAX_RECEIVES,
  // For the questions under way, which may take a whole budget, and for what follows each.
  handOverMs: config.ASK_BUDGET_MS + 10_000,
  take: async (body, delivered) => void (await takeJob(readJobMessage(body), delivered)),
  onError: (error) => telemetry.failed('job', error),
});
