import { expect, it } from 'vitest';
import { parseApiConfig } from '../../lib/config.ts';
import { RagError } from '../../lib/rag/errors.ts';

const whole = {
  ...{ OPENAI_API_KEY: 'key', EMBEDDING_MODEL: 'mini', EMBEDDING_DIMENSIONS: '384' },
  ...{ KNOWLEDGE_TABLE: 'k', ANSWERS_TABLE: 'a', CONTROL_TABLE: 'c', DOCUMENTS_BUCKET: 'd' },
  INGEST_QUEUE_URL: 'https://sqs.example/ingest',
  JOBS_QUEUE_URL: 'https://sqs.example/jobs',
};
const vllm = { name: 'vllm', baseUrl: 'http://localhost:8000/v1', model: 'qwen' };

const parse = (providers: unknown) =>
  parseApiConfig({
    ...whole,
    PROVIDERS: typeof providers === 'string' ? providers : JSON.stringify(providers),
  }).PROVIDERS;

/** The lines after the first of the message that a configuration is refused with. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RagError && error.code === 'configuration') return error.message;
    throw error;
  }
  throw new Error('It was taken.');
}

it('a provider needs a name, an address and a model, and has limits', () => {
  expect(parse([vllm])).toEqual([
    {
      ...vllm,
      ...{ timeoutMs: 10_000, firstTokenMs: 15_000, maxConcurrent: 100 },
      ...{ includeUsage: true, limitBy: 'max_completion_tokens' },
    },
  ]);
  const own = {
    timeoutMs: 1,
    firstTokenMs: 2,
    maxConcurrent: 3,
    includeUsage: false,
    limitBy: 'max_tokens',
    apiKey: 'key',
  };
  expect(parse([vllm, { ...vllm, ...own, name: 'b' }])?.[1]).toMatchObject(own);
});

it('one of CHAT_MODEL and PROVIDERS is enough, and one is needed', () => {
  expect(parseApiConfig({ ...whole, CHAT_MODEL: 'gpt' }).PROVIDERS).toBeUndefined();
  expect(refusal(() => parseApiConfig(whole))).toContain(
    '  CHAT_MODEL or PROVIDERS: one of the two is required',
  );
});

it.each([
  ['PROVIDERS: is not valid JSON', ''],
  ['PROVIDERS: is not valid JSON', '[{"apiKey":"hidden"'],
  ['PROVIDERS: must be a list of providers', { ...vllm, apiKey: 'hidden' }],
  ['PROVIDERS.0: ', []],
  ['PROVIDERS.0.model: ', [{ ...vllm, model: undefined }]],
  ['PROVIDERS.1.name: must be', [vllm, { ...vllm, name: 'a hidden name' }]],
  ['PROVIDERS.0.baseUrl: ', [{ ...vllm, baseUrl: 'ftp://hidden' }]],
  ['PROVIDERS.0.timeoutMs: ', [{ ...vllm, timeoutMs: 'hidden' }]],
  ['PROVIDERS.0.maxConcurrent: ', [{ ...vllm, maxConcurrent: 0 }]],
  ['PROVIDERS.0.secretArn: means nothing beside apiKey', [{ ...vllm, apiKey: 'hidden', secretArn: 'arn' }]],
  ['PROVIDERS.0: Unrecognized key: "key"', [{ ...vllm, key: 'hidden' }]],
  ['PROVIDERS: each needs a name of its own', [vllm, vllm]],
])('%s', (line, providers) => {
  const message = refusal(() => parse(providers));
  expect(message).toContain(`  ${line}`);
  expect(message).not.toContain('hidden');
});
