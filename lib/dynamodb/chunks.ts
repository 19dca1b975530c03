import { paginateQuery, QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../async/map-bounded.ts';
import { fieldNames, fitsFilter, planFilter } from '../rag/retrieve/filter.ts';
import type { ChunkStore } from '../rag/ports/knowledge.ts';
import type { Hit, Scope } from '../rag/types.ts';
import { batchGet } from './batch-get.ts';
import { chunkKey, chunkPartition, chunkProjection, toChunk, toChunkItem, toNumbers } from './chunk-items.ts';
import { stored } from './client.ts';
import { createFields, slotValue } from './fields.ts';
import { searchVectors } from './search-vectors.ts';
import { readable, removeFrom, writeAll } from './writes.ts';
import { readWritten } from './written-chunks.ts';

const deletesAtOnce = 16;

/** Hits that a search brings at most. As many are fetched where they are still to be checked against a filter. */
const maxHits = 100;

/** Searches that one filter becomes all run at once. */
const searchesAtOnce = 10;

/** What the index itself compares. */
interface NearestQuery {
  scope: Scope;
  vector: Float32Array;
  limit: number;
  /** Values by slot. */
  equals: ReadonlyMap<string, string>;
}

/** Chunks in the knowledge table, searched through a vector index that is named as the attribute with its vectors. */
export function createChunkStore(
  client: DynamoDBClient,
  { table, index }: { table: string; index: string },
): ChunkStore {
  const fields = createFields(client, table);

  const findNearest = async ({ scope, vector, limit, equals }: NearestQuery, signal: AbortSignal) => {
    const conditions = [['scope', scope] as const, ...equals];
    const input = {
      TableName: table,
      IndexName: index,
      SearchVector: toNumbers(vector),
      TopK: limit,
      SearchConditionExpression: conditions.map(([name]) => `#${name} = :${name}`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(conditions.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        conditions.map(([name, value]) => [`:${name}`, { S: value }]),
      ),
    };
    const found = await searchVectors(client, input, signal);
    return found.flatMap(({ item, distance }): Hit[] => {
      const chunk = toChunk(scope, item);
      return chunk ? [{ ...chunk, score: 1 - distance }] : [];
    });
  };

  return {
    search: async ({ filter, ...query }, { signal }) => {
      if (!filter) return findNearest({ ...query, equals: new Map() }, signal);
      const slots = await fields.known(query.scope, fieldNames(filter), signal);
      const { searches, isWhole } = planFilter(filter, (name) => slots.get(name) !== undefined);
      const limit = isWhole ? query.limit : maxHits;
      const found = await mapBounded(searches, { limit: searchesAtOnce, signal }, (search, _, signal) => {
        const equals = Array.from(search, ([name, value]) => [slots.get(name)!, slotValue(value)] as const);
        return findNearest({ ...query, limit, equals: new Map(equals) }, signal);
      });
      // All of the filter anew, whatever the index has compared.
      return found
        .flat()
        .filter(({ metadata }) => fitsFilter(filter, metadata))
        .toSorted((a, b) => b.score - a.score)
        .slice(0, query.limit);
    },

    fields: async ({ scope, names }, { signal }) => {
      const slots = await fields.known(scope, names, signal);
      return new Map(Array.from(slots, ([name, slot]) => [name, slot !== undefined]));
    },

    getMany: async ({ scope, places }, { signal }) => {
      const keys = places.map((place) => chunkKey(scope, place));
      const get = { table, keys, isConsistent: false, projection: chunkProjection };
      const items = await batchGet(client, get, signal);
      return items.flatMap((item) => toChunk(scope, item) ?? []);
    },

    // Their numbers have no gaps, so the last one's tells, however many there are.
    count: async ({ scope, document, version }, { signal }) => {
      const command = new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :version)',
        ProjectionExpression: '#number',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: {
          ':pk': { S: chunkPartition(scope, document) },
          ':version': { S: `${version}#` },
        },
        ScanIndexForward: false,
        Limit: 1,
      });
      const { Items: [last] = [] } = await stored(signal, client.send(command, { abortSignal: signal }));
      return last ? Number(last['number']?.N) + 1 : 0;
    },

    ...readWritten(client, { table, attribute: index }),

    put: async ({ scope, revision }, chunks, { signal }) => {
      const names = new Set(chunks.flatMap(({ chunk }) => Object.keys(chunk.metadata?.fields ?? {})));
      const slots = names.size === 0 ? new Map() : await fields.claim(scope, Array.from(names), signal);
      const writes = chunks.map(({ chunk, vector, hash }) => {
        const item = { ...chunk, scope, run: revision, ...(hash !== undefined && { hash }) };
        return { PutRequest: { Item: toChunkItem(item, { vector, attribute: index, slots }) } };
      });
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
