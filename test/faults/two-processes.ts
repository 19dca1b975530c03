import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import type { ChatPlan } from '../wire/model-script.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { productEnvironment } from '../wire/product-environment.ts';
import { startProduct, type Product } from '../wire/start-product.ts';
import { seedKnowledge, vector } from './seed-knowledge.ts';

/** Two processes of the product, as two environments of Lambda, over one database and one model. */
export interface TwoProcesses {
  one: Product;
  other: Product;
  model: ModelWire;
  /** For what the database has. */
  client: DynamoDBClient;
  /** What the model answers; a test changes it. */
  script: { chat: () => ChatPlan };
  close(): Promise<void>;
}

/** Starts them, with one document to answer from. */
export async function startTwoProcesses(plan: ChatPlan): Promise<TwoProcesses> {
  const script = { chat: () => plan };
  const dynamoDb = await startDynamoDb();
  const model = await startModelWire({
    embeddings: ({ input }) => ({ kind: 'embed', delayMs: 0, vectors: input.map(() => vector) }),
    chat: () => script.chat(),
  });
  const credentials = { accessKeyId: 'wire', secretAccessKey: 'wire' };
  const client = new DynamoDBClient({ endpoint: dynamoDb.endpoint, region: 'us-east-1', credentials });
  await seedKnowledge(client);
  const environment = {
    ...productEnvironment({ openAiBaseUrl: model.baseUrl, dynamoDbEndpoint: dynamoDb.endpoint }),
    ...{ ANSWER_LOG: 'on', AUTH: 'keys' },
  };
  const [one, other] = await Promise.all([startProduct(environment), startProduct(environment)]);
  return {
    ...{ one, other, model, client, script },
    close: async () => {
      await Promise.all([one.close(), other.close()]);
      client.destroy();
      await Promise.all([model.close(), dynamoDb.close()]);
    },
  };
}
