import type { VectorIndexDefinition } from './definitions.ts';
import type { Item } from './dynalite.ts';
import { createEntryReader, type EntryReader } from './entry.ts';
import { createPartition, type Found, type Partition, type Search } from './partition.ts';

/** One vector index of a table, in memory. Items are named by dynalite's key string. */
export interface VectorIndex {
  readonly definition: VectorIndexDefinition;
  readonly reader: EntryReader;
  /** False until every item that was in the table when the index came has been filled in. */
  readonly ready: boolean;
  readonly itemCount: number;
  /** Bytes of the vectors of all entries, or of one partition. */
  sizeBytes(partition?: string): number;
  /** The item as it now is, undefined once deleted. */
  write(key: string, item: Item | undefined): void;
  /** An item from a snapshot of the table, which a later write outdates. */
  fill(key: string, item: Item): void;
  filled(): void;
  search(partition: string, search: Search): Found[];
}

/** An empty index that waits to be filled. */
export function createVectorIndex(
  definition: VectorIndexDefinition,
  table: { keyNames: readonly string[]; types: ReadonlyMap<string, string> },
): VectorIndex {
  const reader = createEntryReader(definition, table);
  const partitions = new Map<string, Partition>();
  const partitionOf = new Map<string, string>();
  /** Keys written while the index is being filled: what the snapshot says of them is old. */
  let written: Set<string> | undefined = new Set();

  function remove(key: string): void {
    const name = partitionOf.get(key);
    if (name === undefined) return;
    partitionOf.delete(key);
    const partition = partitions.get(name)!;
    partition.remove(key);
    if (partition.size === 0) partitions.delete(name);
  }

  function put(key: string, item: Item | undefined): void {
    const entry = item && reader.read(item);
    if (partitionOf.get(key) !== entry?.partition) remove(key);
    if (!entry) return;
    let partition = partitions.get(entry.partition);
    if (!partition) {
      partition = createPartition(definition.Dimensions, definition.DistanceFunction);
      partitions.set(entry.partition, partition);
    }
    partition.add(key, entry);
    partitionOf.set(key, entry.partition);
  }

  return {
    definition,
    reader,
    get ready() {
      return written === undefined;
    },
    get itemCount() {
      return partitionOf.size;
    },
    sizeBytes(name) {
      const count = name === undefined ? partitionOf.size : (partitions.get(name)?.size ?? 0);
      return count * definition.Dimensions * Float32Array.BYTES_PER_ELEMENT;
    },
    write(key, item) {
      written?.add(key);
      put(key, item);
    },
    fill(key, item) {
      if (!written?.has(key)) put(key, item);
    },
    filled() {
      written = undefined;
    },
    search: (name, search) => partitions.get(name)?.search(search) ?? [],
  };
}
