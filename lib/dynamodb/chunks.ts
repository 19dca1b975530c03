import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  paginateQuery,
  SearchVectorsCommand,
  type AttributeValue,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { delay } from '../async/delay.ts';
import { mapBounded } from '../async/map-bounded.ts';
import { retry, type RetryPolicy } from '../async/retry.ts';
import { RagError } from '../rag/errors.ts';
import type { ChunkStore } from '../rag/ports.ts';
import { batchGet } from './batch-get.ts';
import { chunkKey, chunkPartition, chunkProjection, toChunk, toChunkItem, toNumbers } from './chunk-items.ts';
import { stored, storedIf } from './client.ts';

/** BatchWriteItem takes no more. */
const batchSize = 25;
const batchesAtOnce = 4;
const deletesAtOnce = 16;

/** Chunks in the knowledge table, searched through its vector index. */
export function createChunkStore(
  client: DynamoDBClient,
  { table, index }: { table: string; index: string },
): ChunkStore {
  return {
    search: async ({ scope, vector, limit }, { signal }) => {
      const command = new SearchVectorsCommand({
        TableName: table,
        IndexName: index,
        SearchVector: toNumbers(vector),
        TopK: limit,
        SearchConditionExpression: '#scope = :scope',
        ExpressionAttributeNames: { '#scope': 'scope' },
        ExpressionAttributeValues: { ':scope': { S: scope } },
      });
      const send = () => stored(signal, client.send(command, { abortSignal: signal }));
      const { SearchResults = [] } = await retry(send, whileIndexWarmsUp, { signal });
      return SearchResults.flatMap(({ Item, Score: distance = 2 }) => {
        const chunk = Item && toChunk(scope, Item);
        return chunk ? [{ ...chunk, score: 1 - distance }] : [];
      });
    },

    getMany: async ({ scope, places }, { signal }) => {
      const keys = places.map((place) => chunkKey(scope, place));
      const get = { table, keys, isConsistent: false, projection: chunkProjection };
      const items = await batchGet(client, get, signal);
      return items.flatMap((item) => toChunk(scope, item) ?? []);
    },

    put: async ({ scope, revision }, chunks, { signal }) => {
      const writes = chunks.map(({ chunk, vector }) => ({
        PutRequest: { Item: toChunkItem({ ...chunk, scope, run: revision }, vector) },
      }));
      const batches = Array.from({ length: Math.ceil(writes.length / batchSize) }, (_, at) =>
        writes.slice(at * batchSize, (at + 1) * batchSize),
      );
      await mapBounded(batches, { limit: batchesAtOnce, signal }, (batch, _, signal) =>
        writeBatch(client, table, batch, signal),
      );
    },

    sweep: async ({ scope, document, keep, revision }, { signal }) => {
      const partition = chunkPartition(scope, document);
      const ranges = keep === undefined ? [undefined] : [`#sk < :low`, `#sk > :high`];
      for (const range of ranges) {
        const pages = paginateQuery(
          { client },
          {
            TableName: table,
            KeyConditionExpression: range ? `#pk = :pk AND ${range}` : '#pk = :pk',
            FilterExpression: '#run < :revision',
            // What a run that lost has just written must be seen, or it stays.
            ConsistentRead: true,
            ProjectionExpression: '#pk, #sk',
            ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk', '#run': 'run' },
            ExpressionAttributeValues: {
              ':pk': { S: partition },
              ':revision': { N: String(revision) },
              ...(range === '#sk < :low' && { ':low': { S: `${keep}#` } }),
              ...(range === '#sk > :high' && { ':high': { S: `${keep}#~` } }),
            },
          },
          { abortSignal: signal },
        );
        for await (const { Items = [] } of readable(signal, pages)) {
          await mapBounded(Items, { limit: deletesAtOnce, signal }, (key, _, signal) =>
            removeFrom(client, table, key, revision, signal),
          );
        }
      }
    },
  };
}

// A new index can refuse searches for a while after it is ACTIVE.
const whileIndexWarmsUp: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 200,
  maxDelayMs: 1_000,
  isRetryable: (error) =>
    error instanceof RagError &&
    error.cause instanceof Error &&
    /does not have the specified index|backfilling vector index/.test(error.cause.message),
  retryAfterMs: () => undefined,
};

/** Writes a batch; what DynamoDB leaves unprocessed is written again after a wait. */
async function writeBatch(
  client: DynamoDBClient,
  table: string,
  batch: WriteRequest[],
  signal: AbortSignal,
): Promise<void> {
  let open = batch;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === 8) throw new RagError('storage_unavailable', 'The database takes no more writes now.');
    if (attempt > 0) await delay(Math.min(5_000, 50 * 2 ** attempt), { signal });
    const command = new BatchWriteItemCommand({ RequestItems: { [table]: open } });
    const { UnprocessedItems } = await stored(signal, client.send(command, { abortSignal: signal }));
    open = UnprocessedItems?.[table] ?? [];
  }
}

/** Removes a chunk unless a run from `revision` or later has written it meanwhile. */
async function removeFrom(
  client: DynamoDBClient,
  table: string,
  key: Record<string, AttributeValue>,
  revision: number,
  signal: AbortSignal,
): Promise<void> {
  const command = new DeleteItemCommand({
    TableName: table,
    Key: key,
    ConditionExpression: '#run < :revision',
    ExpressionAttributeNames: { '#run': 'run' },
    ExpressionAttributeValues: { ':revision': { N: String(revision) } },
  });
  await storedIf(signal, client.send(command, { abortSignal: signal }));
}

/** Pages of a query, with its errors mapped. */
async function* readable<T>(signal: AbortSignal, pages: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = pages[Symbol.asyncIterator]();
  for (;;) {
    const next = await stored(signal, iterator.next());
    if (next.done) return;
    yield next.value;
  }
}
