import {
  paginateScan,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../async/map-bounded.ts';
import type { PlacedChunk, VectorIndex } from '../rag/ports/vectors.ts';
import type { Scope } from '../rag/types.ts';
import { chunkKey, chunkProjection, toChunk, toNumbers } from './chunk-items.ts';
import { storedIf } from './client.ts';
import { readable } from './writes.ts';

const writesAtOnce = 16;

type Item = Record<string, AttributeValue>;

/** What is done to the vectors in one attribute. */
export type ChunkVectors = Pick<VectorIndex, 'countMissing' | 'missing' | 'add'> & {
  /** Takes the attribute from every chunk that has it. */
  clear: (options: { signal: AbortSignal }) => Promise<void>;
};

/** The vectors that the chunks of all scopes have in an attribute of theirs. A walk reads the whole table. */
export function walkVectors(
  client: DynamoDBClient,
  { table, attribute }: { table: string; attribute: string },
): ChunkVectors {
  const walk = (filter: string, input: Partial<ScanCommandInput>, signal: AbortSignal) => {
    const { ExpressionAttributeNames: more, ...rest } = input;
    const pages = paginateScan(
      { client },
      {
        TableName: table,
        // Nothing else in the table has a text.
        FilterExpression: `attribute_exists(#text) AND ${filter}(#vector)`,
        ConsistentRead: true,
        ExpressionAttributeNames: { '#text': 'text', '#vector': attribute, ...more },
        ...rest,
      },
      { abortSignal: signal },
    );
    return readable(signal, pages);
  };
  const update = async (key: Item, change: { expression: string; values?: Item }, signal: AbortSignal) => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: key,
      UpdateExpression: change.expression,
      // A chunk that was swept meanwhile must not come back as a vector without a text.
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#vector': attribute },
      ...(change.values && { ExpressionAttributeValues: change.values }),
    });
    await storedIf(signal, client.send(command, { abortSignal: signal }));
  };

  return {
    countMissing: async ({ signal }) => {
      let count = 0;
      const pages = walk('attribute_not_exists', { Select: 'COUNT' }, signal);
      for await (const { Count = 0 } of pages) count += Count;
      return count;
    },
    missing: async function* missing({ signal }) {
      const projection = {
        ProjectionExpression: `${chunkProjection.expression}, #scope`,
        ExpressionAttributeNames: { ...chunkProjection.names, '#scope': 'scope' },
      };
      for await (const { Items = [] } of walk('attribute_not_exists', projection, signal)) {
        yield Items.flatMap(toPlaced);
      }
    },
    add: async (chunks, { signal }) => {
      await mapBounded(chunks, { limit: writesAtOnce, signal }, (placed, _, signal) => {
        const values = { ':vector': { L: toNumbers(placed.vector) } };
        return update(
          chunkKey(placed.scope, placed.chunk),
          { expression: 'SET #vector = :vector', values },
          signal,
        );
      });
    },
    clear: async ({ signal }) => {
      const keys = { ProjectionExpression: 'pk, sk' };
      for await (const { Items = [] } of walk('attribute_exists', keys, signal)) {
        await mapBounded(Items, { limit: writesAtOnce, signal }, (key, _, signal) =>
          update(key, { expression: 'REMOVE #vector' }, signal),
        );
      }
    },
  };
}

function toPlaced(item: Item): PlacedChunk[] {
  const scope = item['scope']?.S as Scope | undefined;
  const chunk = scope && toChunk(scope, item);
  return chunk ? [{ scope, chunk }] : [];
}
