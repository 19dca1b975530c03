import type { Node } from 'constructs';
import * as z from 'zod';

/** Complete, as the secret's owner reads it: with the six characters that AWS has added to the name. */
const secretArn = z
  .string()
  .regex(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/, 'must be a complete ARN');

const count = z.int().positive().optional();

/** A server that answers questions, as `PROVIDERS` has it, but with its key in a secret: what is here can be read. */
const provider = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,40}$/),
  baseUrl: z.url({ protocol: /^https$/ }),
  model: z.string().min(1),
  secretArn: secretArn.optional(),
  timeoutMs: count,
  firstTokenMs: count,
  maxConcurrent: count,
  includeUsage: z.boolean().optional(),
  limitBy: z.enum(['max_completion_tokens', 'max_tokens', 'none']).optional(),
});

const settingsSchema = z
  .object({
    /** Any server with OpenAI's API. */
    modelBaseUrl: z.url({ protocol: /^https$/ }).default('https://api.openai.com/v1'),
    /** Answers at once: a model that thinks first would hold back the first token. */
    chatModel: z.string().min(1).default('gpt-4.1-mini'),
    embeddingModel: z.string().min(1).default('text-embedding-3-small'),
    /** The model gives 1,536; cut to 512 it searches as well for a third of the storage. An index keeps its length. */
    embeddingDimensions: z.coerce.number().int().min(1).max(4096).default(512),
    /** While one model takes over from another: the one before, whose indexes stay until it is named no more. */
    previousEmbeddingModel: z.string().min(1).optional(),
    previousEmbeddingDimensions: z.coerce.number().int().min(1).max(4096).optional(),
    /** Web pages elsewhere that may call the API, separated by commas. */
    allowedOrigins: z
      .string()
      .default('')
      .transform((origins) => origins.split(',').filter((origin) => origin !== ''))
      .pipe(z.array(z.url({ protocol: /^https?$/ }).refine(isOrigin, 'must be an origin, without a path'))),
    /** Whether streamed answers are logged, so that they can be stopped and resumed; it costs a cent for 1,000 answers. */
    answerLog: z.enum(['on', 'off']).default('on'),
    /** Topic of SNS, in the stacks' own region, that is told when an alarm goes off. */
    alarmTopicArn: z
      .string()
      .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, "must be a topic's ARN")
      .optional(),
    /** A domain of one's own for the page and the API beside it, and its certificate, which CloudFront reads in us-east-1. */
    pageDomain: z.hostname().optional(),
    pageCertificateArn: z
      .string()
      .regex(/^arn:[\w-]+:acm:us-east-1:\d{12}:certificate\/[\w-]+$/, 'must be an ARN of us-east-1')
      .optional(),
    /** An endpoint that reranks what search found, its model and the secret with its key, where it wants these. */
    rerankUrl: z.url({ protocol: /^https$/ }).optional(),
    rerankModel: z.string().min(1).optional(),
    rerankSecretArn: secretArn.optional(),
    /** Who answers, in the order of asking, instead of `chatModel`: a list, or that as JSON. */
    providers: z
      .preprocess(fromJson, z.array(provider).min(1))
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
        message: 'each needs a name of its own',
      })
      .optional(),
  })
  .refine(
    ({ rerankUrl: url, rerankModel, rerankSecretArn }) =>
      url !== undefined || (rerankModel ?? rerankSecretArn) === undefined,
    {
      path: ['rerankModel or rerankSecretArn'],
      message: 'means nothing without rerankUrl',
      when: () => true,
    },
  )
  .refine(({ pageDomain, pageCertificateArn: arn }) => (pageDomain === undefined) === (arn === undefined), {
    path: ['pageDomain and pageCertificateArn'],
    message: 'mean nothing without each other',
    when: () => true,
  })
  .refine(
    ({ previousEmbeddingModel: model, previousEmbeddingDimensions: dimensions }) =>
      (model === undefined) === (dimensions === undefined),
    {
      path: ['previousEmbeddingModel and previousEmbeddingDimensions'],
      message: 'mean nothing without each other',
      when: () => true,
    },
  );

/** Whether it is as browsers send it, which is what the function compares with and what it starts with alone. */
function isOrigin(url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === url;
}

/** The embedding model of the settings and, while it takes over, the one before: each has its indexes. */
export function embeddingsOf(settings: Settings): [EmbeddingSettings, ...EmbeddingSettings[]] {
  const { previousEmbeddingModel: model, previousEmbeddingDimensions: dimensions } = settings;
  const current = { model: settings.embeddingModel, dimensions: settings.embeddingDimensions };
  return model === undefined || dimensions === undefined ? [current] : [current, { model, dimensions }];
}

interface EmbeddingSettings {
  model: string;
  dimensions: number;
}

/** `-c name=value` gives texts only. */
function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What can be chosen at deployment, from the CDK context (`cdk.json` or `-c name=value`). */
export type Settings = z.infer<typeof settingsSchema>;

/** Throws with one line for every value of the context that is wrong. */
export function readSettings(node: Node): Settings {
  const names = Object.keys(settingsSchema.shape);
  const context = Object.fromEntries(
    names.map((name): [string, unknown] => [name, node.tryGetContext(name)]),
  );
  const result = settingsSchema.safeParse(context);
  if (result.success) return result.data;
  throw new Error(`The CDK context is not right:\n${z.prettifyError(result.error)}`);
}
