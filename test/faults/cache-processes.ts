import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../lib/dynamodb/client.ts';
import { answersTable, chunkIndexName, knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { startDynamoDb } from '../../local/emulators/dynamodb.ts';
import { ensureTable } from '../../local/provision/tables.ts';
import { toNumbers } from '../../lib/dynamodb/chunk-items.ts';
import { chunkItem, documentItem } from '../wire/knowledge.ts';
import { says, type ModelScript } from '../wire/model-script.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { dimensions, productEnvironment } from '../wire/product-environment.ts';
import { startProduct, type Product } from '../wire/start-product.ts';

/** The product in a process of its own, with a model of its own, so that it can be told who calls it. */
export interface ProcessOfMany {
  product: Product;
  model: ModelWire;
}

/** Several processes over one DynamoDB. */
export interface Processes {
  all: ProcessOfMany[];
  /** What every model does. */
  script: ModelScript;
  /** Calls of chat models since the last `clear`. */
  chatCalls(): number;
  clear(): void;
  close(): Promise<void>;
}

/** What is answered to every question. */
export const answer = 'The door is red. [1]';

const vector = Float32Array.from({ length: dimensions }, (_, n) => (n === 0 ? 1 : 0));

/** Models that take as long as a fast one before their first word. */
const script: ModelScript = {
  embeddings: ({ input }) => ({ kind: 'embed', delayMs: 5, vectors: input.map(() => vector) }),
  chat: () => ({ ...says('The door ', 'is red. [1]'), headersMs: 50 }),
};

/** Starts the processes, and a DynamoDB with one document in a process of its own. */
export async function startProcesses(count: number): Promise<Processes> {
  const emulators = await startDynamoDb();
  const dynamoDbEndpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  const shared: ModelScript = { ...script };
  const start = async (): Promise<ProcessOfMany> => {
    const model = await startModelWire({
      embeddings: (body) => shared.embeddings(body),
      chat: (body) => shared.chat(body),
    });
    const environment = productEnvironment({ openAiBaseUrl: model.baseUrl, dynamoDbEndpoint });
    return { model, product: await startProduct(environment) };
  };
  await provision();
  const all = await Promise.all(Array.from({ length: count }, start));
  return {
    all,
    script: shared,
    chatCalls: () => all.reduce((sum, { model }) => sum + model.log.of('chat').length, 0),
    clear: () => {
      Object.assign(shared, script);
      for (const { model } of all) model.log.clear();
    },
    close: async () => {
      await Promise.all(all.map(({ product }) => product.close()));
      await Promise.all(all.map(({ model }) => model.close()));
      await emulators.close();
    },
  };
}

async function provision(): Promise<void> {
  const environment = productEnvironment({ openAiBaseUrl: '', dynamoDbEndpoint: '' });
  const { KNOWLEDGE_TABLE = '', ANSWERS_TABLE = '', EMBEDDING_MODEL: model = '' } = environment;
  const embedding = { model, dimensions };
  const client = createDynamoDb();
  await ensureTable(client, KNOWLEDGE_TABLE, knowledgeTable(embedding));
  await ensureTable(client, ANSWERS_TABLE, answersTable(embedding));
  const chunk = {
    ...chunkItem('guide', 0, 'The door is red.'),
    [chunkIndexName(embedding)]: { L: toNumbers(vector) },
  };
  for (const Item of [documentItem('guide'), chunk]) {
    await client.send(new PutItemCommand({ TableName: KNOWLEDGE_TABLE, Item }));
  }
  client.destroy();
}
