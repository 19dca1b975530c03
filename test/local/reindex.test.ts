import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createChunkStore } from '../../lib/dynamodb/chunks.ts';
import { createServedEmbedding } from '../../lib/dynamodb/served-embedding.ts';
import { chunkIndexName, knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { startLaptopCloud } from '../../local/cloud.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { startModels, type Models } from '../../local/models/server.ts';
import { openReindexing } from '../../local/reindex/open.ts';
import { createFolder } from './temporary-folder.ts';

const { signal } = new AbortController();
const old = { model: 'old', dimensions: 3 };

let models: Models;
let dataDirectory: string;
beforeAll(async () => {
  models = await startModels();
});
afterAll(() => models.close());
beforeEach(async () => {
  const folder = await createFolder({});
  dataDirectory = folder.path;
  return () => folder.remove();
});

/** What `npm start` leaves behind with a model that is gone now. */
async function storePassage(directory: string): Promise<void> {
  const server = await startDynamoDb({ directory: join(directory, 'dynamodb') });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
  const table = 'raglan-knowledge';
  const { expiresAttribute: _, ...spec } = knowledgeTable(old);
  await client.send(new CreateTableCommand({ ...spec, TableName: table }));
  const chunk = { document: 'a', version: 'v', number: 0, title: 'T', text: 'Cranes lift.', headings: [] };
  const store = createChunkStore(client, { table, index: chunkIndexName(old) });
  const vector = Float32Array.from([1, 0, 0]);
  await store.put({ scope: 'default/main', revision: 0 }, [{ chunk, vector }], { signal });
  await createServedEmbedding(client, table).claim(old, { signal });
  client.destroy();
  await server.close();
}

it('moves the data of a folder, so that a start with the new model is refused before and not after', async () => {
  await storePassage(dataDirectory);
  const environment = {
    OPENAI_BASE_URL: models.baseUrl,
    CHAT_MODEL: models.chatModel,
    EMBEDDING_MODEL: models.embeddingModel,
    EMBEDDING_DIMENSIONS: String(models.dimensions),
  };
  const start = () => startLaptopCloud({ port: 0, dataDirectory, environment, onFailure: () => {} });
  await expect(start()).rejects.toMatchObject({
    code: 'index_mismatch',
    message: expect.stringContaining('npm run reindex') as string,
  });

  const reindexing = await openReindexing(environment, dataDirectory);
  const done = await reindexing.reindex({ signal, onProgress: () => {} });
  await reindexing.close();
  expect(done).toEqual({ from: old, embedded: 1 });

  const cloud = await start();
  await cloud.close();
});

it('says which table is not there', async () => {
  const reindexing = await openReindexing({}, dataDirectory);
  const moving = reindexing.reindex({ signal, onProgress: () => {} });
  await expect(moving).rejects.toThrow('The table raglan-knowledge is not there');
  await reindexing.close();
});
