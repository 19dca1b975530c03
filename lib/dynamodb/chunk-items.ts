import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ChunkPlace } from '../rag/ports/knowledge.ts';
import type { Chunk, Filterable, Scope } from '../rag/types.ts';
import { slotValue, type FieldSlots } from './fields.ts';

type Item = Record<string, AttributeValue>;

/** A chunk as the table has it. `run` is the document's revision when the run that wrote it began. */
export interface ChunkItem extends Chunk {
  scope: Scope;
  run: number;
  hash?: string;
}

/** Partition that holds the chunks of a document, of all its versions. */
export function chunkPartition(scope: Scope, document: string): string {
  return `${scope}#chunk#${document}`;
}

/** Primary key of a chunk. */
export function chunkKey(scope: Scope, { document, version, number }: ChunkPlace): Item {
  return {
    pk: { S: chunkPartition(scope, document) },
    sk: { S: `${version}#${String(number).padStart(6, '0')}` },
  };
}

/** A chunk as it is written, with its vector in `attribute`. Fields that have a slot stand there too, where the index filters by them. */
export function toChunkItem(
  { metadata, ...item }: ChunkItem,
  { vector, attribute, slots }: { vector: Float32Array; attribute: string; slots: FieldSlots },
): Item {
  return {
    ...marshall({ ...item, headings: [...item.headings] }, { removeUndefinedValues: true }),
    ...chunkKey(item.scope, item),
    // As text: it is read with every hit, and one attribute costs less to take apart than a map of them.
    ...(metadata && { metadata: { S: JSON.stringify(metadata) }, ...toSlotItem(metadata, slots) }),
    [attribute]: { L: toNumbers(vector) },
  };
}

function toSlotItem({ fields }: Filterable, slots: FieldSlots): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(fields)) {
    const slot = slots.get(name);
    if (slot !== undefined) item[slot] = { S: slotValue(value) };
  }
  return item;
}

/** Four significant digits rank the same and are a quarter smaller. */
export function toNumbers(vector: Float32Array): { N: string }[] {
  return Array.from(vector, (value) => ({ N: value.toPrecision(4) }));
}

/** The vector in an attribute of an item, or undefined if it has none there. */
export function toVector(item: Item, attribute: string): Float32Array | undefined {
  const numbers = item[attribute]?.L;
  return numbers && Float32Array.from(numbers, ({ N }) => Number(N));
}

/** What has to be read of an item so that `toChunk` can make a chunk of it: all but its vector and its bookkeeping. */
export const chunkProjection = {
  expression: 'pk, #document, #version, #number, title, #text, headings, page, line, #metadata',
  names: {
    '#document': 'document',
    '#version': 'version',
    '#number': 'number',
    '#text': 'text',
    '#metadata': 'metadata',
  },
};

/**
 * The chunk in an item, or undefined if it is not one of this scope: an index's HASH is a partition, not a lock. The
 * table's keys are in every projection.
 */
export function toChunk(scope: Scope, item: Item): Chunk | undefined {
  const { pk, document, version, number, title, text, headings, page, line, metadata } = unmarshall(
    item,
  ) as Omit<ChunkItem, 'metadata'> & { pk: string; metadata?: string };
  if (pk !== chunkPartition(scope, document)) return undefined;
  const place = { ...(page !== undefined && { page }), ...(line !== undefined && { line }) };
  const known = metadata === undefined ? {} : { metadata: JSON.parse(metadata) as Filterable };
  return { document, version, number, title, text, headings, ...place, ...known };
}
