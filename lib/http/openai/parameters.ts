import * as z from 'zod';
import { RagError } from '../../rag/errors.ts';
import { describeProblem } from '../problem.ts';
import { message } from './messages.ts';

/** Parameters that change nothing here: how a model samples and what it costs is its operator's to say. */
const ignored = z.unknown().optional();

const none = z.array(z.unknown()).max(0).optional();

/**
 * Parameters that would change what an answer is. They are taken only with the value that asks for nothing, since many
 * clients send that unasked.
 */
const unlessAsked = {
  n: z.literal(1).optional(),
  tools: none,
  functions: none,
  tool_choice: z.enum(['none', 'auto']).optional(),
  function_call: z.enum(['none', 'auto']).optional(),
  response_format: z.strictObject({ type: z.literal('text') }).optional(),
  modalities: z.tuple([z.literal('text')]).optional(),
  logprobs: z.literal(false).optional(),
  top_logprobs: z.literal(0).optional(),
  logit_bias: z.strictObject({}).optional(),
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
  const given = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null));
  const result = chatBody.safeParse(given, { error: describeProblem });
  if (result.success) return result.data;
  throw refusal(result.error.issues[0]!, given);
}

function refusal(issue: z.core.$ZodIssue, given: object): RagError {
  const isUnknown = issue.code === 'unrecognized_keys';
  const path = isUnknown ? [...issue.path, issue.keys[0]!] : issue.path;
  const param = nameOf(path);
  if (Object.hasOwn(unlessAsked, path[0] ?? ''))
    return refuse(param, 'is not supported', 'unsupported_parameter');
  if (isUnknown) return refuse(param, 'is not supported', 'unknown_parameter');
  return refuse(param, Object.hasOwn(given, path[0] ?? '') ? issue.message : 'is required');
}

function refuse(param: string, problem: string, reason?: string): RagError {
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
