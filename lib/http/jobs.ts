import * as z from 'zod';
import { RagError } from '../rag/errors.ts';
import type { CreateJob } from '../rag/jobs/create-job.ts';
import type { CallOptions } from '../rag/ports/call.ts';
import type { Job, JobResult, JobStore } from '../rag/ports/jobs.ts';
import type { Question } from '../rag/types.ts';
import { createContract, jobId, readContract } from './job-contracts.ts';
import { questionsBody, toQuestion } from './question.ts';
import { invalidInput, parseJsonBody } from './request.ts';
import { json, type HttpResponse } from './response.ts';
import type { CallerRequest, Route } from './router.ts';
import { timed } from './timed.ts';

/** Bytes of a question with its history, as it is stored: an item of DynamoDB's is 400 KB at most. */
const maxQuestionBytes = 350_000;

const jobBody = z.strictObject({
  questions: questionsBody,
  webhook: z.strictObject({ url: z.string().max(2_000) }).optional(),
});

/** The use case and the port behind `/jobs`. */
export interface JobRoutesDependencies {
  createJob: CreateJob;
  jobs: Pick<JobStore, 'get' | 'results'>;
  /** What is wrong with the address of a webhook, as in "it …"; undefined if nothing is. */
  problemOfWebhookUrl: (url: string) => string | undefined;
}

/** `POST /jobs` and `GET /jobs/{id}`. */
export function createJobRoutes(deps: JobRoutesDependencies): Route[] {
  return [
    {
      method: 'POST',
      pattern: /^\/jobs\/?$/,
      contract: () => createContract(jobBody),
      handle: (request) => timed((options) => create(deps, request, options)),
    },
    {
      method: 'GET',
      pattern: /^\/jobs\/(?<id>[^/]+)$/,
      contract: readContract,
      handle: ({ caller }, { id = '' }) => timed((options) => read(deps, caller, id, options)),
    },
  ];
}

async function create(
  { createJob, problemOfWebhookUrl }: JobRoutesDependencies,
  request: CallerRequest,
  options: CallOptions,
): Promise<HttpResponse> {
  const { caller } = request;
  const body = parseJsonBody(request, jobBody);
  const questions = body.questions.map((question) => toQuestion(question, caller));
  assertStorable(questions);
  const problem = body.webhook && problemOfWebhookUrl(body.webhook.url);
  if (problem !== undefined) throw invalidInput([{ field: 'webhook.url', message: problem }]);
  const collections = Array.from(new Set(body.questions.map(({ collection }) => collection)));
  await Promise.all(collections.map((collection) => caller.permit({ scope: 'ask', collection }, options)));
  const { tenant, keyId } = caller;
  const { webhook } = body;
  const { id, state, secret } = await createJob(
    { tenant, questions, collections, ...(keyId !== undefined && { keyId }), ...(webhook && { webhook }) },
    options,
  );
  return json(202, { id, state, ...(webhook && { webhook: { ...webhook, secret } }) });
}

async function read(
  { jobs }: JobRoutesDependencies,
  caller: CallerRequest['caller'],
  id: string,
  options: CallOptions,
): Promise<HttpResponse> {
  const limitedTo = await caller.collections(options);
  const key = { tenant: caller.tenant, id };
  const job = jobId.test(id) ? await jobs.get(key, options) : undefined;
  const mayRead = job?.collections.every((collection) => limitedTo?.includes(collection) ?? true);
  if (!job || !mayRead) throw new RagError('not_found', 'There is no such job. It may have been a week ago.');
  // After the job: one that says it is done has all its results.
  return json(200, toView(job, await jobs.results(key, options)));
}

function toView(job: Job, results: readonly JobResult[]): object {
  const { id, state, questions, reason, webhook, delivery, createdAt, endedAt } = job;
  return {
    ...{ id, state, questions, results },
    ...(state === 'failed' && { reason }),
    ...(webhook && { webhook: { ...webhook, ...delivery } }),
    ...{ createdAt, endedAt },
  };
}

/** Throws RagError `too_large`. */
function assertStorable(questions: readonly Question[]): void {
  const index = questions.findIndex(
    (question) => Buffer.byteLength(JSON.stringify(question)) > maxQuestionBytes,
  );
  if (index === -1) return;
  throw new RagError('too_large', `Question ${index} with its history is larger than 350 kB.`);
}
