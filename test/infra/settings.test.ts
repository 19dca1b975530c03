import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';

function settingsOf(context: Record<string, unknown>): ReturnType<typeof readSettings> {
  return readSettings(new App({ context }).node);
}

describe('settings', () => {
  it('come from the context, numbers as text too', () => {
    const context = { chatModel: 'a', embeddingModel: 'b', embeddingDimensions: '1024' };
    expect(settingsOf(context)).toMatchObject({ ...context, embeddingDimensions: 1024 });
  });

  it('have defaults', () => {
    expect(settingsOf({})).toMatchObject({ embeddingDimensions: 512, allowedOrigins: [] });
  });

  it('are refused with the name of each that is wrong', () => {
    const context = {
      embeddingDimensions: 'many',
      modelBaseUrl: 'http://plain.example',
      allowedOrigins: '*',
    };
    const attempt = () => settingsOf(context);
    for (const name of Object.keys(context)) expect(attempt).toThrow(name);
  });

  it.each(['https://app.example/', 'https://app.example/page', 'https://App.example', '*'])(
    'name the pages that may call by their origins, not by %s',
    (wrong) => {
      const allowedOrigins = ['https://a.example', 'http://localhost:5173'];
      expect(settingsOf({ allowedOrigins: allowedOrigins.join() })).toMatchObject({ allowedOrigins });
      expect(() => settingsOf({ allowedOrigins: wrong })).toThrow('allowedOrigins');
    },
  );

  it.each([
    ['a secret by its name alone', { rerankUrl: 'https://rerank.example', rerankSecretArn: 'raglan-rerank' }],
    [
      'an ARN without its last six characters',
      {
        rerankUrl: 'https://rerank.example',
        rerankSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key',
      },
    ],
    ['a model without an endpoint', { rerankModel: 'bge' }],
    [
      'a secret without an endpoint',
      { rerankSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf' },
    ],
    ['an endpoint that is not encrypted', { rerankUrl: 'http://rerank.example' }],
  ])('for the reranker are refused: %s', (_, context) => {
    expect(() => settingsOf(context)).toThrow('rerank');
  });

  it.each(['on-call', 'arn:aws:sqs:eu-west-1:123456789012:on-call', 'arn:aws:sns:eu-west-1:1:on-call'])(
    'do not take %s for the topic of alarms',
    (alarmTopicArn) => {
      expect(() => settingsOf({ alarmTopicArn })).toThrow('alarmTopicArn');
    },
  );

  it.each([
    ['a domain without a certificate', { pageDomain: 'ask.example.com' }],
    [
      'a certificate of another region',
      {
        pageDomain: 'ask.example.com',
        pageCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b',
      },
    ],
    ['an address as a domain', { pageDomain: 'https://ask.example.com' }],
  ])('for the page are refused: %s', (_, context) => {
    expect(() => settingsOf(context)).toThrow('page');
  });

  it('name the previous embedding by model and dimensions, or not at all', () => {
    const attempt = () => settingsOf({ previousEmbeddingModel: 'old' });
    expect(attempt).toThrow('previousEmbeddingModel and previousEmbeddingDimensions');
  });
});
