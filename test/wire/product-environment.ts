import type { ApiEnvironment } from '../../lib/config.ts';

/** The length of the vectors that the product is told to expect: what the stack is deployed with. */
export const dimensions = 512;

/** The environment in which `functions/api.ts` finds the wire servers, as a deployed one finds AWS and the model. */
export function productEnvironment(wire: {
  openAiBaseUrl: string;
  dynamoDbEndpoint: string;
  askBudgetMs?: number;
}): Record<string, string> {
  const variables: Omit<ApiEnvironment, 'OPENAI_SECRET_ARN'> = {
    OPENAI_API_KEY: 'wire',
    OPENAI_BASE_URL: wire.openAiBaseUrl,
    CHAT_MODEL: 'wire-chat',
    EMBEDDING_MODEL: 'text-embedding-3-small',
    EMBEDDING_DIMENSIONS: String(dimensions),
    KNOWLEDGE_TABLE: 'wire-knowledge',
    ANSWERS_TABLE: 'wire-answers',
    CONTROL_TABLE: 'wire-control',
    DOCUMENTS_BUCKET: 'wire-documents',
    // Nothing of what is asked of the product here sends to it.
    INGEST_QUEUE_URL: 'http://127.0.0.1:9/wire-ingest',
    JOBS_QUEUE_URL: 'http://127.0.0.1:9/wire-jobs',
    // A log of its own beside each answer is what tests of it switch on.
    ANSWER_LOG: 'off',
    ASK_BUDGET_MS: String(wire.askBudgetMs ?? 60_000),
  };
  return {
    ...variables,
    AWS_ENDPOINT_URL_DYNAMODB: wire.dynamoDbEndpoint,
    AWS_ACCESS_KEY_ID: 'wire',
    AWS_SECRET_ACCESS_KEY: 'wire',
    AWS_REGION: 'us-east-1',
  };
}
