import { describe, expect, it } from 'vitest';
import { parseApiConfig, parseIngestConfig } from '../../lib/config.ts';
import { assertModelIsComplete, toCloudEnvironment } from '../../local/settings.ts';

const models = {
  baseUrl: 'http://127.0.0.1:3/v1',
  chatModel: 'extractive',
  embeddingModel: 'MiniLM',
  dimensions: 384,
};
const own = { dynamoDb: 'http://127.0.0.1:1', s3Sqs: 'http://127.0.0.1:2', models };

describe('with nothing set', () => {
  it('the functions find everything on this machine', () => {
    const environment = toCloudEnvironment({}, own);
    expect(environment).toMatchObject({
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:2',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_REGION: 'us-east-1',
    });
    // The queues' own addresses are only known once they are there.
    const address = 'http://127.0.0.1:2/queue';
    const queue = { INGEST_QUEUE_URL: address, JOBS_QUEUE_URL: address };
    expect(parseApiConfig({ ...environment, ...queue })).toMatchObject({
      CHAT_MODEL: 'extractive',
      EMBEDDING_MODEL: 'MiniLM',
      EMBEDDING_DIMENSIONS: 384,
      OPENAI_BASE_URL: 'http://127.0.0.1:3/v1',
    });
    expect(parseIngestConfig({ ...environment, ...queue }).MAX_RECEIVES).toBe(4);
  });
});

describe('credentials', () => {
  it('are made up for other servers of this machine too', () => {
    const given = { AWS_ENDPOINT_URL_S3: 'http://localhost:4566', AWS_REGION: 'eu-west-1' };
    const environment = toCloudEnvironment(given, own);
    expect(environment).toMatchObject({ AWS_ACCESS_KEY_ID: 'local', AWS_REGION: 'eu-west-1' });
  });

  it('are never made up when a server is elsewhere', () => {
    const given = { AWS_ENDPOINT_URL_S3: 'https://s3.eu-west-1.amazonaws.com' };
    expect(toCloudEnvironment(given, own)).not.toHaveProperty('AWS_ACCESS_KEY_ID');
  });

  it('are left as they are when some are set', () => {
    expect(toCloudEnvironment({ AWS_ACCESS_KEY_ID: 'mine' }, own)).not.toHaveProperty(
      'AWS_SECRET_ACCESS_KEY',
    );
  });
});

describe('a model of my own', () => {
  const given = {
    OPENAI_BASE_URL: 'http://localhost:11434/v1',
    CHAT_MODEL: 'llama',
    EMBEDDING_MODEL: 'nomic',
    EMBEDDING_DIMENSIONS: '768',
  };

  it('is used as it is set', () => {
    const { models: _models, ...servers } = own;
    expect(toCloudEnvironment(given, servers)).toMatchObject(given);
    expect(() => assertModelIsComplete(given)).not.toThrow();
  });

  it('is refused with every variable that is missing', () => {
    expect(() => assertModelIsComplete({ OPENAI_API_KEY: 'k', CHAT_MODEL: 'c' })).toThrow(
      'OPENAI_API_KEY is set, so that model is used, and these have to be set too: EMBEDDING_MODEL, EMBEDDING_DIMENSIONS.',
    );
  });
});

it('providers of my own are passed on, beside offline embeddings or instead of the chat model', () => {
  const PROVIDERS = JSON.stringify([{ name: 'vllm', baseUrl: 'http://localhost:8000/v1', model: 'qwen' }]);
  expect(toCloudEnvironment({ PROVIDERS }, own)).toMatchObject({ PROVIDERS, EMBEDDING_MODEL: 'MiniLM' });
  const given = { OPENAI_API_KEY: 'k', EMBEDDING_MODEL: 'e', EMBEDDING_DIMENSIONS: '4', PROVIDERS };
  expect(() => assertModelIsComplete(given)).not.toThrow();
  const { models: _models, ...servers } = own;
  const queue = 'http://127.0.0.1:2/queue';
  const { CHAT_MODEL, PROVIDERS: list } = parseApiConfig({
    ...toCloudEnvironment(given, servers),
    ...{ INGEST_QUEUE_URL: queue, JOBS_QUEUE_URL: queue },
  });
  expect([CHAT_MODEL, list]).toMatchObject([undefined, [{ name: 'vllm' }]]);
});

it('a reranking endpoint of my own is passed on, and none is made up', () => {
  const given = { RERANK_URL: 'http://localhost:8000/rerank', RERANK_MODEL: 'bge' };
  expect(toCloudEnvironment(given, own)).toMatchObject(given);
  expect(Object.keys(toCloudEnvironment({}, own)).filter((name) => name.startsWith('RERANK'))).toEqual([]);
});
