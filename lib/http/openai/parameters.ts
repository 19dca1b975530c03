import * as z from 'zod';
import { RagError } from '../../rag/errors.ts';
import { message } from './messages.ts';

/** Parameters that change nothing here: how a model samples and what it costs is its operator's to say. */
const ignored = z.unknown().optional();

const unsupported = { error: 'is not supported' };
const only = <Schema extends z.ZodType>(schema: Schema) => schema.optional();
const none = only(z.array(z.unknown()).max(0, unsupported));

/**
 * Parameters that would change what an answer is. They are taken only with the value that asks for nothing, since many
 * clients send that unasked.
 */
const unlessAsked = {
  n: only(z.literal(1, unsupported)),
  tools: none,
  functions: none,
  tool_choice: only(z.enum(['none', 'auto'], unsupported)),
  function_call: only(z.enum(['none', 'auto'], unsupported)),
  response_format: only(z.strictObject({ type: z.literal('text', unsupported) }, unsupported)),
  modalities: only(z.tuple([z.literal('text', unsupported)], unsupported)),
  logprobs: only(z.literal(false, unsupported)),
  top_logprobs: only(z.literal(0, unsupported)),
  logit_bias: only(z.strictObject({}, unsupported)),
  stop: none,
};

/** Body of `POST /v1/chat/completions`. What is not named here is refused. */
export const chatBody = z.strictObject({
  model: z.string(),
  messages: z.array(message).min(1, 'must hold a message'),
  stream: z.boolean().default(false),
  stream_options: z
    .strictObject({ include_usage: z.boolean().default(false), include_obfuscation: ignored })
    .optional(),
  ...unlessAsked,
  frequency_penalty: ignored,
  max_completion_tokens: ignored,
  max_tokens: ignored,
  metadata: ignored,
  parallel_tool_calls: ignored,
  prediction: ignored,
  presence_penalty: ignored,
  prompt_cache_key: ignored,
  prompt_cache_options: ignored,
  prompt_cache_retention: ignored,
  reasoning_effort: ignored,
  safety_identifier: ignored,
  seed: ignored,
  service_tier: ignored,
  store: ignored,
  temperature: ignored,
  top_p: ignored,
  user: ignored,
  verbosity: ignored,
});

/** A chat request, its parameters checked. */
export type ChatBody = z.infer<typeof chatBody>;

/** Checks the parameters; null is as good as left out. Throws RagError `invalid_request` that names one that is wrong. */
export function parseChatBody(sent: Readonly<Record<string, unknown>>): ChatBody {
  const given = Object.entries(sent).filter(([, value]) => value !== null);
  const result = chatBody.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  throw refusal(result.error.issues[0]!);
}

function refusal(issue: z.core.$ZodIssue): RagError {
  if (issue.code === 'unrecognized_keys') {
    const param = nameOf([...issue.path, issue.keys[0]!]);
    return refuse(param, 'is not supported', 'unknown_parameter');
  }
  const isUnsupported = Object.hasOwn(unlessAsked, issue.path[0] ?? '');
  const isMissing = issue.code === 'invalid_type' && issue.path.length === 1 && issue.input === undefined;
  const problem = isMissing ? 'is required' : issue.message;
  return refuse(nameOf(issue.path), problem, isUnsupported ? 'unsupported_parameter' : undefined);
}

function refuse(param: string, problem: string, reason: string | undefined): RagError {
  const details = { param, ...(reason !== undefined && { reason }) };
  return new RagError('invalid_request', `${param} ${problem}`, { details });
}

/** `messages[0].content`, as OpenAI names what is inside a parameter. */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
    .slice(0, 100);
}
