import { createFlow, createJobPorts, createKeyAccess, createShared } from './app.ts';
import type { JobsConfig } from './config.ts';
import type { Admission } from './rag/ports/access.ts';
import { createTakeJob, type TakeJob } from './rag/jobs/take-job.ts';
import type { Telemetry } from './rag/ports/telemetry.ts';
import { createWebhookSender } from './webhook/sender.ts';

const free: Admission = { settle: async () => {} };

/** The work at jobs, wired from its configuration: in a file of its own, since nothing else sends webhooks. */
export function createJobsApp(config: JobsConfig): { takeJob: TakeJob; telemetry: Telemetry } {
  const shared = createShared(config);
  const { telemetry } = shared;
  const access = createKeyAccess(config, shared);
  const takeJob = createTakeJob({
    ...createJobPorts(config, shared),
    ask: createFlow(config, shared).ask,
    budgetMs: config.ASK_BUDGET_MS,
    // What was asked for without a key was asked for where there are none.
    admit: async ({ tenant, keyId: id }, question, options) =>
      id === undefined ? free : access.onBehalf({ tenant, id }).admit(question, options),
    sender: createWebhookSender(),
    telemetry,
  });
  return { takeJob, telemetry };
}
