import * as z from 'zod';
import { errorBody } from './error-body.ts';

// Lazy, as all that only `/openapi.json` needs: a schema costs time to make, and every cold start would pay it.

const count = z.lazy(() => z.int().min(0));

const source = z.lazy(() =>
  z
    .strictObject({
      n: z.int().min(1).describe('The number that citations use.'),
      document: z.string(),
      title: z.string(),
      uri: z.string(),
      page: z.int().min(1).optional(),
      line: z.int().min(1).optional(),
      headings: z.array(z.string()).describe('Outermost first.'),
      chunk: count.describe('Position of the passage in its document.'),
      lastChunk: count.optional(),
      score: z.number(),
      snippet: z.string().max(240),
    })
    .meta({ id: 'Source' }),
);

const usage = z.lazy(() =>
  z.strictObject({ promptTokens: count, completionTokens: count }).meta({ id: 'Usage' }),
);

const timing = z.lazy(() =>
  z
    .strictObject({
      steps: z
        .record(z.string(), z.tuple([z.number(), z.number()]))
        .describe('Start and end of each step, in milliseconds since the question began.'),
      firstTokenMs: z.number(),
      totalMs: z.number(),
    })
    .meta({ id: 'Timing' }),
);

const beginning = () => ({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  cached: z.union([z.literal(false), z.enum(['exact', 'similar'])]),
  cachedAt: z.iso.datetime().optional(),
  sources: z.array(source),
});

const ending = () => ({
  finishReason: z.enum(['stop', 'length', 'declined', 'stopped']),
  citations: z.array(z.int().min(1)),
  usage,
  servedBy: z.string(),
  degraded: z.array(z.string()).describe('Steps that the answer had to go without.'),
  filtered: z.enum(['index', 'after']).optional(),
  timing,
});

/** An answer in one piece. */
export const answerBody = z.lazy(() =>
  z.strictObject({ answer: z.string(), ...beginning(), ...ending() }).meta({ id: 'Answer' }),
);

/** The answer to one of several questions, or why there is none. */
export const resultBody = z.lazy(() => {
  const index = count.describe('Position of the question among those that were sent.');
  return z
    .union([
      z.strictObject({ index, answer: answerBody }),
      z.strictObject({ index, ...errorBody.unwrap().shape }),
    ])
    .meta({ id: 'Result' });
});

/** One server-sent event of a streamed answer, its data parsed. */
export const answerEvent = z.lazy(() => {
  const event = <Name extends string, Data extends z.ZodType>(name: Name, data: Data) =>
    z.strictObject({ id: z.string().regex(/^\d+$/).optional(), event: z.literal(name), data });
  return z
    .union([
      event('sources', z.strictObject(beginning())),
      event('delta', z.strictObject({ text: z.string() })),
      event('done', z.strictObject(ending())),
      event('error', z.strictObject({ ...errorBody.unwrap().shape, usage })),
    ])
    .meta({ id: 'AnswerEvent' });
});
