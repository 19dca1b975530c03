import { describe, expect, it } from 'vitest';
import { parseApiConfig } from '../../lib/config.ts';
import { only, synthesise } from './synthesise.ts';

const rerankUrl = 'https://rerank.example/v2/rerank';
const rerankModel = 'some-reranker';
const rerankSecretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:raglan-rerank-AbCdEf';

/** What the API is told about reranking, and which policy statements name the reranker's key. */
function rerankingOf(context: Record<string, string>) {
  const { service } = synthesise(context);
  const { Environment } = only(service, 'AWS::Lambda::Function', 'Api').Properties;
  const { Variables } = Environment as { Variables: Record<string, unknown> };
  const { PolicyDocument } = only(service, 'AWS::IAM::Policy', 'Api').Properties;
  const { Statement } = PolicyDocument as { Statement: { Action: string; Resource: unknown }[] };
  return {
    variables: Object.fromEntries(Object.entries(Variables).filter(([name]) => name.startsWith('RERANK'))),
    grants: Statement.filter(({ Resource }) => JSON.stringify(Resource).includes('raglan-rerank')),
    ingest: JSON.stringify(only(service, 'AWS::Lambda::Function', 'Ingest').Properties),
  };
}

describe('a reranker', () => {
  it('is off unless it is set', () => {
    expect(rerankingOf({})).toMatchObject({ variables: {}, grants: [] });
  });

  it('is told to the API alone, which may read its key and does not hold it', () => {
    const { variables, grants, ingest } = rerankingOf({ rerankUrl, rerankModel, rerankSecretArn });
    expect(variables).toEqual({
      RERANK_URL: rerankUrl,
      RERANK_MODEL: rerankModel,
      RERANK_SECRET_ARN: rerankSecretArn,
    });
    expect(grants).toMatchObject([
      { Action: 'secretsmanager:GetSecretValue', Resource: rerankSecretArn, Effect: 'Allow' },
    ]);
    expect(ingest).not.toContain('RERANK');
  });

  it('needs neither model nor key', () => {
    const { variables, grants } = rerankingOf({ rerankUrl });
    expect([variables, grants]).toEqual([{ RERANK_URL: rerankUrl }, []]);
    const env = { ...whole, ...(variables as Record<string, string>) };
    expect(parseApiConfig(env).RERANK_URL).toBe(rerankUrl);
  });
});

const whole = {
  ...{ OPENAI_API_KEY: 'k', CHAT_MODEL: 'c', EMBEDDING_MODEL: 'e', EMBEDDING_DIMENSIONS: '4' },
  ...{ KNOWLEDGE_TABLE: 'k', ANSWERS_TABLE: 'a', CONTROL_TABLE: 'c', DOCUMENTS_BUCKET: 'd' },
  INGEST_QUEUE_URL: 'https://queue.example/ingest',
  JOBS_QUEUE_URL: 'https://queue.example/jobs',
};
