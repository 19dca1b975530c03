import * as z from 'zod';
import { RagError } from './rag/errors.ts';

const name = z.string().min(1);
const url = z.url({ protocol: /^https?$/ });
const count = z.coerce.number().int().positive();

/** What every function needs: the model and where things are kept. */
const shared = z
  .object({
    /** Key of the model's API; in AWS it lies in Secrets Manager and only its ARN is in the environment. */
    OPENAI_API_KEY: name.optional(),
    OPENAI_SECRET_ARN: name.optional(),
    OPENAI_BASE_URL: url.default('https://api.openai.com/v1'),
    EMBEDDING_MODEL: name,
    EMBEDDING_DIMENSIONS: count.max(4096),
    KNOWLEDGE_TABLE: name,
    DOCUMENTS_BUCKET: name,
    /** The queue that object events go to, for documents that are to be read again or further. */
    INGEST_QUEUE_URL: url,
  })
  .refine((env) => Boolean(env.OPENAI_API_KEY ?? env.OPENAI_SECRET_ARN), {
    path: ['OPENAI_API_KEY or OPENAI_SECRET_ARN'],
    message: 'one of the two is required',
    when: () => true,
  });

/** A server that answers questions. */
const provider = z
  .strictObject({
    /** What answers call it. */
    name: z.string().regex(/^[\w.-]{1,40}$/, 'must be 1 to 40 letters, digits, dots, hyphens or underscores'),
    baseUrl: url,
    model: name,
    /** Its key, where it wants one; in AWS its secret's ARN instead. */
    apiKey: name.optional(),
    secretArn: name.optional(),
    /** From the request to the response's headers, in milliseconds. */
    timeoutMs: count.default(10_000),
    /** From the headers to the first text, in milliseconds. */
    firstTokenMs: count.default(15_000),
    /** Calls at once, from each process. */
    maxConcurrent: count.default(100),
    /** Whether it is asked what an answer has used; there are servers that refuse to be. */
    includeUsage: z.boolean().default(true),
    /** The field in which it is told how long an answer may be; with `none` it is told nothing, and ended by us. */
    limitBy: z.enum(['max_completion_tokens', 'max_tokens', 'none']).default('max_completion_tokens'),
  })
  .refine(({ apiKey, secretArn }) => apiKey === undefined || secretArn === undefined, {
    path: ['secretArn'],
    message: 'means nothing beside apiKey',
  });

const providers = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('is not valid JSON');
      return z.NEVER;
    }
  })
  .pipe(z.tuple([provider], provider, 'must be a list of providers'))
  .refine((list) => new Set(list.map((one) => one.name)).size === list.length, {
    message: 'each needs a name of its own',
  });

/** Origins of pages, exactly as browsers send them: anything else would never be one. */
const origins = z
  .string()
  .default('')
  .transform((list) => list.split(',').flatMap((origin) => origin.trim() || []))
  .refine((list) => !list.some((origin) => origin.includes('*')), {
    message:
      'must name each origin: with `*`, any page on the web could call with a key that it has talked somebody into',
    abort: true,
  })
  .refine((list) => list.every(isOrigin), {
    message: 'must be origins like https://app.example, without a path or a slash at the end, between commas',
  });

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

const apiSchema = shared
  .safeExtend({
    CHAT_MODEL: name.optional(),
    /** Who answers, in the order of asking, as JSON; without it CHAT_MODEL, where the embeddings are from. */
    PROVIDERS: providers.optional(),
    ANSWERS_TABLE: name,
    CONTROL_TABLE: name,
    /** The queue that jobs are worked off from. */
    JOBS_QUEUE_URL: url,
    /** Whether streamed answers are logged, so that they can be stopped and resumed from anywhere. */
    ANSWER_LOG: z.enum(['on', 'off']).default('on'),
    /** Whether callers need a key. Without them everybody may do everything, so that is for one's own machine only. */
    AUTH: z.enum(['keys', 'none']).optional(),
    /** Pages elsewhere that may call from browsers, between commas. */
    ALLOWED_ORIGINS: origins,
    /** Lambda's own variable, by which we know that we are there. */
    AWS_LAMBDA_FUNCTION_NAME: name.optional(),
    /** How long a question may take in all, in milliseconds. */
    ASK_BUDGET_MS: count.default(60_000),
    /** Share of all answers that may be wrong since the answer to a similar question was served; 0 serves none. */
    CACHE_MAX_ERROR_RATE: z.coerce.number().min(0).max(0.2).default(0.01),
    /** An endpoint that reranks what was found; without it the order is the one that search gave. */
    RERANK_URL: url.optional(),
    RERANK_MODEL: name.optional(),
    /** Its key, where it wants one; in AWS its secret's ARN instead. */
    RERANK_API_KEY: name.optional(),
    RERANK_SECRET_ARN: name.optional(),
  })
  .refine((env) => (env.CHAT_MODEL ?? env.PROVIDERS) !== undefined, {
    path: ['CHAT_MODEL or PROVIDERS'],
    message: 'one of the two is required',
    when: () => true,
  })
  .refine(
    ({ RERANK_URL: url, RERANK_MODEL: model, RERANK_API_KEY: key, RERANK_SECRET_ARN: arn }) =>
      url !== undefined || (model ?? key ?? arn) === undefined,
    {
      path: ['RERANK_MODEL, RERANK_API_KEY or RERANK_SECRET_ARN'],
      message: 'means nothing without RERANK_URL',
      when: () => true,
    },
  )
  .refine(({ AUTH: auth, AWS_LAMBDA_FUNCTION_NAME: inLambda }) => auth !== 'none' || inLambda === undefined, {
    path: ['AUTH'],
    message: 'is `none`, which is for a laptop: in Lambda anybody on the internet could call',
    when: () => true,
  })
  .transform(({ AWS_LAMBDA_FUNCTION_NAME: inLambda, AUTH, ...config }) => ({
    ...config,
    AUTH: AUTH ?? (inLambda === undefined ? ('none' as const) : ('keys' as const)),
  }));

const ingestSchema = shared.safeExtend({
  /** How often a message is delivered before it goes to the dead letters: a try each, but for the last, which ends the document. */
  MAX_RECEIVES: count.min(2).default(4),
});

const jobsSchema = apiSchema.and(
  z.object({
    /** How often a message is delivered before it goes to the dead letters: a try each, but for the last, which ends the job. */
    MAX_RECEIVES: count.min(2).default(4),
  }),
);

/** Environment of `functions/api.ts`; infrastructure uses the type to set exactly these variables. */
export type ApiConfig = z.infer<typeof apiSchema>;
/** Environment of `functions/jobs.ts`. */
export type JobsConfig = z.infer<typeof jobsSchema>;
/** Environment of `functions/ingest.ts`. */
export type IngestConfig = z.infer<typeof ingestSchema>;

/**
 * What a stack or the laptop has to set for a function, as strings: a variable without a default that is missing does
 * not compile. (That one of the two ways to the model's key is there shows only when the environment is parsed.)
 */
export type ApiEnvironment = Environment<z.input<typeof apiSchema>>;
/** The same for `functions/jobs.ts`. */
export type JobsEnvironment = Environment<z.input<typeof jobsSchema>>;
/** The same for `functions/ingest.ts`. */
export type IngestEnvironment = Environment<z.input<typeof ingestSchema>>;

type Environment<Variables> = { [Name in keyof Variables]: string };

type Variables = Readonly<Record<string, string | undefined>>;

/** Throws RagError `configuration` with one line for every variable that is missing or wrong. */
export function parseApiConfig(env: Variables = process.env): ApiConfig {
  return parse(apiSchema, env);
}

/** Throws RagError `configuration` with one line for every variable that is missing or wrong. */
export function parseJobsConfig(env: Variables = process.env): JobsConfig {
  return parse(jobsSchema, env);
}

/** Throws RagError `configuration` with one line for every variable that is missing or wrong. */
export function parseIngestConfig(env: Variables = process.env): IngestConfig {
  return parse(ingestSchema, env);
}

function parse<Schema extends z.ZodType>(schema: Schema, env: Variables): z.infer<Schema> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const variable = issue.path.join('.');
    const missing = issue.path.length === 1 && !(variable in env) && !variable.includes(' ');
    return `  ${variable}: ${missing ? 'is not set' : issue.message}`;
  });
  throw new RagError('configuration', `The configuration is not complete:\n${lines.join('\n')}`);
}
