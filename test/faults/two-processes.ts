import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toNumbers } from '../../lib/dynamodb/chunk-items.ts';
import { answersTable, chunkIndexName, controlTable, knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { ensureTable } from '../../local/provision/tables.ts';
import { chunkItem, documentItem, scope } from '../wire/knowledge.ts';
import type { ChatPlan } from '../wire/model-script.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { dimensions, productEnvironment } from '../wire/product-environment.ts';
import { startProduct, type Product } from '../wire/start-product.ts';

/** Two processes of the product, as two environments of Lambda, over one database and one model. */
export interface TwoProcesses {
  one: Product;
  other: Product;
  model: ModelWire;
  /** What the model answers; a test changes it. */
  script: { chat: () => ChatPlan };
  close(): Promise<void>;
}

const embedding = { model: 'text-embedding-3-small', dimensions };
const vector = Float32Array.from({ length: dimensions }, (_, axis) => (axis === 0 ? 1 : 0));

/** Starts them, with one document to answer from. */
export async function startTwoProcesses(plan: ChatPlan): Promise<TwoProcesses> {
  const script = { chat: () => plan };
  const dynamoDb = await startDynamoDb();
  const model = await startModelWire({
    embeddings: ({ input }) => ({ kind: 'embed', delayMs: 0, vectors: input.map(() => vector) }),
    chat: () => script.chat(),
  });
  await seed(dynamoDb.endpoint);
  const environment = {
    ...productEnvironment({ openAiBaseUrl: model.baseUrl, dynamoDbEndpoint: dynamoDb.endpoint }),
    ANSWER_LOG: 'on',
  };
  const [one, other] = await Promise.all([startProduct(environment), startProduct(environment)]);
  return {
    ...{ one, other, model, script },
    close: async () => {
      await Promise.all([one.close(), other.close()]);
      await Promise.all([model.close(), dynamoDb.close()]);
    },
  };
}

async function seed(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'wire', secretAccessKey: 'wire' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  await Promise.all([
    ensureTable(client, 'wire-knowledge', knowledgeTable(embedding)),
    ensureTable(client, 'wire-answers', answersTable(embedding)),
    ensureTable(client, 'wire-control', controlTable()),
  ]);
  const chunk = chunkItem('guide.md', 0, 'The keeper writes the weather into the log.');
  const Item = { ...chunk, scope: { S: scope }, [chunkIndexName(embedding)]: { L: toNumbers(vector) } };
  await client.send(new PutItemCommand({ TableName: 'wire-knowledge', Item }));
  await client.send(new PutItemCommand({ TableName: 'wire-knowledge', Item: documentItem('guide.md') }));
  client.destroy();
}
