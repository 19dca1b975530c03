import { expect, it } from 'vitest';
import { parseApiConfig, parseIngestConfig, parseJobsConfig } from '../../lib/config.ts';
import { RagError } from '../../lib/rag/errors.ts';

const whole = {
  OPENAI_API_KEY: 'key',
  EMBEDDING_MODEL: 'mini',
  EMBEDDING_DIMENSIONS: '384',
  CHAT_MODEL: 'chat',
  KNOWLEDGE_TABLE: 'knowledge',
  ANSWERS_TABLE: 'answers',
  CONTROL_TABLE: 'control',
  DOCUMENTS_BUCKET: 'documents',
  INGEST_QUEUE_URL: 'https://sqs.example/ingest',
  JOBS_QUEUE_URL: 'https://sqs.example/jobs',
};

/** The message that a configuration is refused with. */
function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof RagError && error.code === 'configuration') return error.message;
    throw error;
  }
  throw new Error('It was taken.');
}

it('one message names every variable that is missing or wrong, and no value', () => {
  const message = refusal(() =>
    parseApiConfig({ EMBEDDING_DIMENSIONS: 'many-secret', OPENAI_BASE_URL: 'ftp://secret', CHAT_MODEL: '' }),
  );
  const names = message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(':')[0] ?? '');
  expect(names.toSorted()).toEqual(
    [
      ...[
        'ANSWERS_TABLE',
        'CHAT_MODEL',
        'CONTROL_TABLE',
        'DOCUMENTS_BUCKET',
        'EMBEDDING_DIMENSIONS',
        'EMBEDDING_MODEL',
      ],
      ...[
        'INGEST_QUEUE_URL',
        'JOBS_QUEUE_URL',
        'KNOWLEDGE_TABLE',
        'OPENAI_API_KEY or OPENAI_SECRET_ARN',
        'OPENAI_BASE_URL',
      ],
    ].toSorted(),
  );
  expect(message).not.toContain('secret');
});

it('a whole environment has numbers for numbers, and defaults', () => {
  expect(parseApiConfig(whole)).toMatchObject({
    ...{ EMBEDDING_DIMENSIONS: 384, ASK_BUDGET_MS: 60_000, OPENAI_BASE_URL: 'https://api.openai.com/v1' },
  });
  expect(parseIngestConfig(whole)).toMatchObject({ MAX_RECEIVES: 4 });
  expect(parseJobsConfig(whole)).toMatchObject({ MAX_RECEIVES: 4, ASK_BUDGET_MS: 60_000 });
});

it.each(['0', '-1', '1.5', '4097', ''])('EMBEDDING_DIMENSIONS=%j is refused', (value) => {
  expect(refusal(() => parseIngestConfig({ ...whole, EMBEDDING_DIMENSIONS: value }))).toContain(
    'EMBEDDING_DIMENSIONS',
  );
});

it('keys are needed in Lambda, and elsewhere where they are asked for', () => {
  const lambda = { ...whole, AWS_LAMBDA_FUNCTION_NAME: 'api' };
  expect(parseApiConfig(lambda).AUTH).toBe('keys');
  expect(parseApiConfig(whole).AUTH).toBe('none');
  expect(parseApiConfig({ ...whole, AUTH: 'keys' }).AUTH).toBe('keys');
  expect(refusal(() => parseApiConfig({ ...lambda, AUTH: 'none' }))).toContain('  AUTH: ');
  expect(refusal(() => parseApiConfig({ ...whole, AUTH: 'off' }))).toContain('  AUTH: ');
});

it('a reranking endpoint is off unless it is set, and then needs nothing else', () => {
  const { RERANK_URL: off } = parseApiConfig(whole);
  expect(off).toBeUndefined();
  const given = { RERANK_URL: 'http://localhost:8000/v2/rerank' };
  expect(parseApiConfig({ ...whole, ...given })).toMatchObject(given);
});

it.each([
  ['RERANK_URL', { RERANK_URL: 'localhost:8000' }],
  ['RERANK_URL', { RERANK_URL: '' }],
  ['RERANK_MODEL, RERANK_API_KEY or RERANK_SECRET_ARN', { RERANK_MODEL: 'bge' }],
  ['RERANK_MODEL, RERANK_API_KEY or RERANK_SECRET_ARN', { RERANK_API_KEY: 'key-secret' }],
  ['RERANK_MODEL, RERANK_API_KEY or RERANK_SECRET_ARN', { RERANK_SECRET_ARN: 'arn-secret' }],
])('%s is refused in %j', (name, given) => {
  const message = refusal(() => parseApiConfig({ ...whole, ...given }));
  expect(message).toContain(`  ${name}: `);
  expect(message).not.toContain('secret');
});

it.each([
  ['', []],
  ['https://app.example', ['https://app.example']],
  ['https://app.example, http://localhost:5173,', ['https://app.example', 'http://localhost:5173']],
])('ALLOWED_ORIGINS=%j are %j', (value, origins) => {
  expect(parseApiConfig({ ...whole, ALLOWED_ORIGINS: value }).ALLOWED_ORIGINS).toEqual(origins);
});

it.each([
  ...['https://app.example/', 'https://app.example/page', 'https://App.example', 'https://app.example:443'],
  ...['app.example', 'null', 'file://', 'https://a.example https://b.example'],
])('ALLOWED_ORIGINS=%j would fit no page and is refused', (value) => {
  const config = { ...whole, ALLOWED_ORIGINS: `https://app.example,${value}` };
  expect(refusal(() => parseApiConfig(config))).toMatch(/^ {2}ALLOWED_ORIGINS: must be origins like/m);
});

it.each(['*', 'https://*.example'])('ALLOWED_ORIGINS=%s is refused with why', (value) => {
  const message = refusal(() => parseApiConfig({ ...whole, ALLOWED_ORIGINS: value }));
  expect(message.split('\n').slice(1)).toEqual([expect.stringContaining('any page on the web')]);
});
