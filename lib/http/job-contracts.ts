import * as z from 'zod';
import { answerBody } from './answer-body.ts';
import type { Contract } from './contract.ts';

/** Id of a job. */
export const jobId = /^[0-9a-f]{32}$/;

const created = z.lazy(() =>
  z
    .strictObject({
      id: z.string().regex(jobId),
      state: z.literal('queued'),
      webhook: z
        .strictObject({
          url: z.string(),
          secret: z.string().describe('What the webhook is signed with; the same for all jobs of a key.'),
        })
        .optional(),
    })
    .meta({ id: 'CreatedJob' }),
);

const result = z.lazy(() => {
  const index = z.int().min(0).describe('Position of the question among those that were sent.');
  const error = z.strictObject({ code: z.string(), message: z.string(), retryable: z.boolean() });
  return z
    .union([z.strictObject({ index, answer: answerBody }), z.strictObject({ index, error })])
    .meta({ id: 'JobResult' });
});

const job = z.lazy(() =>
  z
    .strictObject({
      id: z.string().regex(jobId),
      state: z.enum(['queued', 'running', 'done', 'failed']),
      questions: z.int().min(1).describe('How many there are.'),
      results: z.array(result).describe('Those that there are by now, by index.'),
      reason: z
        .strictObject({ code: z.string(), message: z.string() })
        .optional()
        .describe('Why the job failed.'),
      webhook: z
        .strictObject({
          url: z.string(),
          state: z.enum(['pending', 'delivered', 'failed']),
          attempts: z.int().min(0),
          status: z.int().optional().describe('What the last attempt was answered with.'),
          reason: z.string().optional().describe('Why the last attempt failed.'),
          nextAt: z.iso.datetime().optional(),
        })
        .optional(),
      createdAt: z.iso.datetime(),
      endedAt: z.iso.datetime().optional(),
    })
    .meta({ id: 'Job' }),
);

/** What `POST /jobs` takes and gives. */
export function createContract(body: z.ZodType): Contract {
  return {
    path: '/jobs',
    operation: 'createJob',
    summary: 'Has up to 100 questions answered in the background.',
    body: { content: { 'application/json': body } },
    responses: { 202: { description: 'It is queued.', content: { 'application/json': created } } },
  };
}

/** What `GET /jobs/{id}` takes and gives. */
export function readContract(): Contract {
  return {
    path: '/jobs/{id}',
    operation: 'readJob',
    summary: 'How a job stands, with its results so far.',
    responses: { 200: { description: 'The job.', content: { 'application/json': job } } },
  };
}
