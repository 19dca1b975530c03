import { paginateQuery, SearchVectorsCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../async/map-bounded.ts';
import { retry, type RetryPolicy } from '../async/retry.ts';
import { RagError } from '../rag/errors.ts';
import type { ChunkStore } from '../rag/ports.ts';
import { batchGet } from './batch-get.ts';
import { chunkKey, chunkPartition, chunkProjection, toChunk, toChunkItem, toNumbers } from './chunk-items.ts';
import { stored } from './client.ts';
import { readable, removeFrom, writeAll } from './writes.ts';
import { readWritten } from './written-chunks.ts';

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

    ...readWritten(client, table),

    put: async ({ scope, revision }, chunks, { signal }) => {
      const writes = chunks.map(({ chunk, vector, hash }) => ({
        PutRequest: {
          Item: toChunkItem({ ...chunk, scope, run: revision, ...(hash !== undefined && { hash }) }, vector),
        },
      }));
      await writeAll(client, { table, writes }, signal);
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
            removeFrom(client, { table, key, revision }, signal),
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
