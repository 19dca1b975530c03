import type { AskOptions } from '../../../../lib/rag/ask/ask.ts';
import { createCreateJob } from '../../../../lib/rag/jobs/create-job.ts';
import {
  createTakeJob,
  type TakeJobDependencies,
  type TakeJobOptions,
} from '../../../../lib/rag/jobs/take-job.ts';
import type { JobMessage, WebhookOutcome } from '../../../../lib/rag/ports/jobs.ts';
import type { AskEvent, Question } from '../../../../lib/rag/types.ts';
import { createCalls } from '../../../fakes/calls.ts';
import {
  createFakeJobQueue,
  createFakeJobs,
  createFakeSecrets,
  createFakeSender,
} from '../../../fakes/jobs.ts';
import { createFakeTelemetry } from '../../../fakes/telemetry.ts';
import { question } from '../../../fakes/world.ts';

const forever = new AbortController().signal;

/** The webhook that jobs of tests have. */
export const url = 'https://hooks.example/in';

/** What a question comes to; what it throws is the failure. */
export type Answer = (question: Question, options: AskOptions) => Promise<string>;

/** The work at jobs over fakes. */
export function createDesk({
  answer = async ({ text }: Question) => `About ${text}`,
  outcome,
  admit,
}: {
  answer?: Answer;
  outcome?: (attempt: number) => WebhookOutcome;
  admit?: TakeJobDependencies['admit'];
} = {}) {
  const calls = createCalls();
  const asked: string[] = [];
  const admitted: unknown[] = [];
  const settled: unknown[] = [];
  const jobs = createFakeJobs(calls);
  const queue = createFakeJobQueue(calls);
  const secrets = createFakeSecrets(calls);
  const sender = createFakeSender(calls, outcome);
  const telemetry = createFakeTelemetry();
  async function* ask(one: Question, options: AskOptions): AsyncGenerator<AskEvent, void> {
    const admission = await options.admission;
    options.afterResponse.add(async (signal) => admission?.settle(usage, { signal }));
    asked.push(one.text);
    yield { type: 'sources', id: 'answer', cached: false, sources: [] };
    yield { type: 'delta', text: await answer(one, options) };
    yield {
      type: 'done',
      finishReason: 'stop',
      citations: [],
      servedBy: 'fake',
      degraded: [],
      usage,
      timing,
    };
  }
  const takeJob = createTakeJob({
    ...{ jobs, queue, secrets, sender, ask, telemetry, budgetMs: 60_000, random: () => 0 },
    admit: async (job, what, options) => {
      admitted.push({ tenant: job.tenant, keyId: job.keyId, ...what });
      await admit?.(job, what, options);
      return { settle: async (used) => void settled.push(used) };
    },
  });
  const create = createCreateJob({ jobs, queue, secrets });
  return {
    ...{ calls, asked, admitted, settled, jobs, queue, sender, telemetry },
    /** Creates a job of so many questions, and takes its message off the queue. */
    create: async (count: number, { hasWebhook = false, keyId = 'key' } = {}) => {
      const questions = Array.from({ length: count }, (_, n) => question(`Q${n}`, { scope: 'acme/hr' }));
      const created = await create(
        {
          ...{ tenant: 'acme', keyId, collections: ['hr'], questions },
          ...(hasWebhook && { webhook: { url } }),
        },
        { signal: forever },
      );
      const key = { tenant: 'acme', id: created.id };
      const [message] = queue.sent.splice(0);
      if (!message) throw new Error('Nothing was sent.');
      return { ...created, key, message };
    },
    take: (message: JobMessage, options: Partial<TakeJobOptions> = {}) =>
      takeJob(message, { signal: forever, closing: forever, attempt: 1, tries: 3, ...options }),
    /** The job as it is stored. */
    stored: (key: { tenant: string; id: string }) => {
      const entry = jobs.entries.get(`${key.tenant} ${key.id}`);
      if (!entry) throw new Error('There is no such job.');
      return entry;
    },
  };
}

const usage = { promptTokens: 10, completionTokens: 2 };
const timing = { steps: {}, firstTokenMs: 1, totalMs: 2 };
