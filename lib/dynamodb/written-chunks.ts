import { paginateQuery, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ChunkStore, WrittenChunk } from '../rag/ports/knowledge.ts';
import { batchGet } from './batch-get.ts';
import { chunkKey, chunkPartition, toVector } from './chunk-items.ts';
import { readable } from './writes.ts';

/**
 * Reads what was written before with a vector in `attribute`, so that it need not be done again. The vectors are read apart: a run that goes on where
 * another ended needs none of them, and they are most of what a chunk weighs.
 */
export function readWritten(
  client: DynamoDBClient,
  { table, attribute }: { table: string; attribute: string },
): Pick<ChunkStore, 'written' | 'vectors'> {
  const vectorProjection = {
    expression: '#pk, #sk, #vector',
    names: { '#pk': 'pk', '#sk': 'sk', '#vector': attribute },
  };
  return {
    written: async ({ scope, document }, { signal }) => {
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          // A chunk that has only the vector of another model is still to be embedded.
          FilterExpression: 'attribute_exists(#hash) AND attribute_exists(#vector)',
          // What the run before has just written must be seen, or it is embedded again.
          ConsistentRead: true,
          ProjectionExpression: '#version, #number, #run, #hash',
          ExpressionAttributeNames: {
            '#version': 'version',
            '#number': 'number',
            '#run': 'run',
            '#hash': 'hash',
            '#vector': attribute,
          },
          ExpressionAttributeValues: { ':pk': { S: chunkPartition(scope, document) } },
        },
        { abortSignal: signal },
      );
      const chunks: WrittenChunk[] = [];
      for await (const { Items = [] } of readable(signal, pages)) {
        for (const item of Items) {
          const { run, ...chunk } = unmarshall(item) as Omit<WrittenChunk, 'revision'> & { run: number };
          chunks.push({ ...chunk, revision: run });
        }
      }
      return chunks;
    },

    vectors: async ({ scope, places }, { signal }) => {
      const keys = places.map((place) => chunkKey(scope, place));
      // BatchGetItem refuses a key that it is given twice.
      const distinct = Array.from(new Map(keys.map((key) => [nameOf(key), key])).values());
      const get = { table, keys: distinct, isConsistent: false, projection: vectorProjection };
      const items = await batchGet(client, get, signal);
      const vectors = new Map(items.map((item) => [nameOf(item), toVector(item, attribute)]));
      return keys.map((key) => vectors.get(nameOf(key)));
    },
  };
}

function nameOf({ pk, sk }: Record<string, AttributeValue>): string {
  return `${pk?.S} ${sk?.S}`;
}
