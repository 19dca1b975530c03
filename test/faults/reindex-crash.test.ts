import {
  CreateTableCommand,
  DynamoDBClient,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createChunkStore } from '../../lib/dynamodb/chunks.ts';
import { createVectorIndex } from '../../lib/dynamodb/index-move.ts';
import { createServedEmbedding } from '../../lib/dynamodb/served-embedding.ts';
import { chunkIndexName, knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { createReindex, dropPrevious } from '../../lib/rag/ingest/reindex.ts';
import type { Embeddings } from '../../lib/rag/ports/models.ts';
import type { Embedding } from '../../lib/rag/ports/vectors.ts';
import { startDynamoDb, type LocalDynamoDb } from '../../local/dynamodb/server.ts';
import { startDyingWire, type DyingWire, type Fate } from './dying-wire.ts';

const old: Embedding = { model: 'old', dimensions: 2 };
const young: Embedding = { model: 'young', dimensions: 3 };
const { signal: forever } = new AbortController();

let dynamoDb: LocalDynamoDb;
let wire: DyingWire;
let direct: DynamoDBClient;
let count = 0;

const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  wire = await startDyingWire(dynamoDb.endpoint);
  direct = new DynamoDBClient({ ...settings, endpoint: dynamoDb.endpoint });
});
afterAll(async () => {
  direct.destroy();
  await wire.close();
  await dynamoDb.close();
});

/** A table of its own with two documents of the old model. */
async function createTable(): Promise<string> {
  count += 1;
  const table = `knowledge-${count}`;
  const { expiresAttribute: _, ...spec } = knowledgeTable(old);
  await direct.send(new CreateTableCommand({ ...spec, TableName: table }));
  const store = createChunkStore(direct, { table, index: chunkIndexName(old) });
  for (const document of ['a', 'b']) {
    const chunks = Array.from({ length: 3 }, (_, number) => ({
      chunk: {
        ...{ document, version: 'v', number, title: '' },
        text: `${document} ${number}`,
        headings: [],
      },
      vector: Float32Array.from([1, number]),
    }));
    await store.put({ scope: 'acme/main', revision: 0 }, chunks, { signal: forever });
  }
  await createServedEmbedding(direct, table).claim(old, { signal: forever });
  return table;
}

/** Moves and then drops, as a process that starts with nothing in memory. */
async function moveAndDrop(table: string, signal: AbortSignal): Promise<number> {
  const client = new DynamoDBClient({ ...settings, endpoint: wire.endpoint, maxAttempts: 1 });
  try {
    const embed: Embeddings['embed'] = async (texts) =>
      texts.map((text) => Float32Array.from([text.length, text.codePointAt(0) ?? 0, Number(text.at(-1))]));
    const served = createServedEmbedding(client, table);
    const indexOf = (embedding: Embedding) => createVectorIndex(client, { table, embedding });
    const move = createReindex({ served, embeddings: { ...young, embed }, index: indexOf(young) });
    const { embedded } = await move({ signal, onProgress: () => {} });
    await dropPrevious({ served, indexOf }, { signal });
    return embedded;
  } finally {
    client.destroy();
  }
}

async function contents(table: string): Promise<Record<string, AttributeValue>[]> {
  const { Items = [] } = await direct.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items;
}

async function die(table: string, at: number, how: Fate): Promise<void> {
  const killed = new AbortController();
  wire.arm((write) => {
    if (write !== at) return 'pass';
    killed.abort();
    return how;
  });
  await expect(moveAndDrop(table, killed.signal)).rejects.toThrow(/./);
  await wire.settled();
  wire.arm(() => 'pass');
}

it('a move that is killed at any write and run again ends in the tables of one that was not', async () => {
  const undisturbed = await createTable();
  wire.arm(() => 'pass');
  expect(await moveAndDrop(undisturbed, forever)).toBe(6);
  const writes = wire.writes();
  const clean = await contents(undisturbed);
  // The new index, six vectors, the switch, the mark, the old index, six vectors that go, the end of the mark.
  expect(writes).toHaveLength(17);
  expect(clean.every((item) => !(chunkIndexName(old) in item))).toBe(true);

  for (const [index, operation] of writes.entries()) {
    for (const how of ['die', 'tear'] as const) {
      const table = await createTable();
      await die(table, index + 1, how);
      await moveAndDrop(table, forever);
      expect(await contents(table), `${how} at write ${index + 1}, ${operation}`).toEqual(clean);
    }
  }
}, 240_000);
