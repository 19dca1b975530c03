import { describe, expect, it } from 'vitest';
import { parseApiConfig } from '../../lib/config.ts';
import { only, synthesise } from './synthesise.ts';

const arn = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:raglan-${name}-AbCdEf`;
const openAi = {
  ...{ name: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'gpt-4.1-mini' },
  secretArn: arn('openai'),
};
const bedrock = {
  ...{ name: 'bedrock', baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1' },
  ...{ model: 'openai.gpt-oss-120b', secretArn: arn('bedrock'), timeoutMs: 5_000 },
};

/** What a function is told about who answers, and which policy statement names the providers' keys. */
function answeringOf(context: Record<string, unknown>, name = 'Api') {
  const { service } = synthesise(context);
  const { Environment } = only(service, 'AWS::Lambda::Function', name).Properties;
  const { Variables } = Environment as { Variables: Record<string, unknown> };
  const { PolicyDocument } = only(service, 'AWS::IAM::Policy', name).Properties;
  const { Statement } = PolicyDocument as { Statement: { Sid: string; Action: string; Resource: unknown }[] };
  return {
    ...{ CHAT_MODEL: Variables['CHAT_MODEL'], PROVIDERS: Variables['PROVIDERS'] },
    grants: Statement.filter(({ Sid }) => Sid === 'ProviderKeys'),
  };
}

describe('providers', () => {
  it('are the one chat model unless they are set', () => {
    expect(answeringOf({ chatModel: 'some-chat' })).toMatchObject({
      ...{ CHAT_MODEL: 'some-chat', PROVIDERS: undefined, grants: [] },
    });
  });

  it.each([
    ['Api', [openAi, bedrock]],
    ['Jobs', JSON.stringify([openAi, bedrock])],
  ])('are told to who answers (%s), who may read their keys and does not hold them', (name, providers) => {
    const { CHAT_MODEL, PROVIDERS, grants } = answeringOf({ providers }, name);
    expect(CHAT_MODEL).toBeUndefined();
    const { PROVIDERS: parsed } = parseApiConfig({ ...whole, PROVIDERS: String(PROVIDERS) });
    expect(parsed).toMatchObject([openAi, bedrock]);
    expect(grants).toMatchObject([
      {
        ...{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue' },
        Resource: [bedrock.secretArn, openAi.secretArn],
      },
    ]);
  });

  it('are of no concern to ingestion', () => {
    expect(answeringOf({ providers: [openAi] }, 'Ingest')).toEqual({ grants: [] });
  });

  it('may do without keys', () => {
    const { secretArn: _secretArn, ...open } = openAi;
    expect(answeringOf({ providers: [open] }).grants).toEqual([]);
  });

  it.each([
    ['a key that anyone could read', [{ ...openAi, apiKey: 'sk-1' }]],
    ['a secret by its name alone', [{ ...openAi, secretArn: 'raglan-openai' }]],
    ['an address that is not encrypted', [{ ...openAi, baseUrl: 'http://models.example/v1' }]],
    ['two of one name', [openAi, openAi]],
    ['none', []],
    ['what is no list', 'openai'],
  ])('are refused with %s', (_, providers) => {
    expect(() => synthesise({ providers })).toThrow('providers');
  });
});

const whole = {
  ...{ OPENAI_API_KEY: 'k', EMBEDDING_MODEL: 'e', EMBEDDING_DIMENSIONS: '4' },
  ...{ KNOWLEDGE_TABLE: 'k', ANSWERS_TABLE: 'a', CONTROL_TABLE: 'c', DOCUMENTS_BUCKET: 'd' },
  INGEST_QUEUE_URL: 'https://queue.example/ingest',
  JOBS_QUEUE_URL: 'https://queue.example/jobs',
};
