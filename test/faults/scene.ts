import { chunkItem, documentItem } from '../wire/knowledge.ts';
import { startDynamoDbWire, type DynamoDbScript, type DynamoDbWire } from '../wire/dynamodb-server.ts';
import type { ChatBody, ModelScript } from '../wire/model-script.ts';
import { says } from '../wire/model-script.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { dimensions, productEnvironment } from '../wire/product-environment.ts';
import { startProduct, type Product } from '../wire/start-product.ts';

/** The product in a process of its own between a model and a database that do what a test says. */
export interface Scene {
  product: Product;
  model: ModelWire;
  dynamoDb: DynamoDbWire;
  /** What the servers do; a test changes it, `reset` brings back servers that are well. */
  script: ModelScript & DynamoDbScript;
  reset(): void;
  close(): Promise<void>;
}

/** Starts a scene whose servers are well. `more` is what else the product is told. */
export async function startScene({
  askBudgetMs,
  more,
}: {
  askBudgetMs?: number;
  more?: (model: ModelWire) => Record<string, string>;
} = {}): Promise<Scene> {
  const script = well();
  const model = await startModelWire({
    embeddings: (body) => script.embeddings(body),
    chat: (body) => script.chat(body),
  });
  const dynamoDb = await startDynamoDbWire({
    get delaysMs() {
      return script.delaysMs;
    },
    search: (vector, limit) => script.search(vector, limit),
    document: (id) => script.document(id),
    recent: () => script.recent(),
    refuse: (...call) => script.refuse?.(...call),
  });
  const environment = productEnvironment({
    openAiBaseUrl: model.baseUrl,
    dynamoDbEndpoint: dynamoDb.endpoint,
    ...(askBudgetMs !== undefined && { askBudgetMs }),
  });
  const product = await startProduct({ ...environment, ...more?.(model) });
  return {
    product,
    model,
    dynamoDb,
    script,
    reset: () => {
      Object.assign(script, well());
      delete script.refuse;
      for (const log of [model.log, dynamoDb.log]) log.clear();
      dynamoDb.items.clear();
    },
    close: async () => {
      await product.close();
      await Promise.all([model.close(), dynamoDb.close()]);
    },
  };
}

/** A vector that stands for a number, so that what is found for one question cannot be taken for another's. */
export function vectorOf(number: number): Float32Array {
  const vector = new Float32Array(dimensions);
  vector[0] = number;
  return vector;
}

/** The number that stands in a text as `#17`; 0 without one. */
export function numberIn(text: string): number {
  return Number(/#(\d+)/.exec(text)?.[1] ?? 0);
}

/** The question at the end of a chat's last message. */
export function questionIn(body: ChatBody): string {
  return body.messages.at(-1)?.content.split('Question: ').at(-1) ?? '';
}

/** Every question finds the document of its own number, and its answer names both. */
function well(): ModelScript & DynamoDbScript {
  return {
    embeddings: ({ input }) => ({
      kind: 'embed',
      delayMs: 0,
      vectors: input.map((text) => vectorOf(numberIn(text))),
    }),
    chat: (body) => {
      const number = numberIn(questionIn(body));
      return says(`Answer ${number} `, 'from ', `document ${number} [1]`);
    },
    delaysMs: {},
    search: ([number = 0]) => [
      { Item: chunkItem(`doc-${number}`, 0, `Document ${number} answers question #${number}.`), Score: 0.1 },
    ],
    document: documentItem,
    recent: () => [],
  };
}
