import type { AttributeDefinition, VectorIndexDefinition } from './definitions.ts';
import { db, tableRecord, type Item, type Store, type TableRecord } from './dynalite.ts';
import { createVectorIndex, type VectorIndex } from './vector-index.ts';

/** What dynalite does not keep of a table, stored beside its own record. */
export interface SavedTable {
  vectorIndexes: VectorIndexDefinition[];
  /** AttributeDefinitions as the caller declared them; dynalite refuses those that only a vector index uses. */
  attributes: AttributeDefinition[];
  /** The attribute with the expiry, while time to live is on. */
  timeToLive?: string;
}

/** A table with its vector indexes at work. */
export interface TableState {
  readonly saved: SavedTable;
  readonly indexes: readonly VectorIndex[];
}

/** Every table that has something dynalite does not know of. Definitions are on disk, vectors in memory. */
export interface Catalogue {
  get(tableName: string): TableState | undefined;
  /** Reads the definitions back and fills their indexes from the tables. */
  load(): Promise<void>;
  /** Stores what a table will be known by, before it is there. */
  announce(tableName: string, saved: SavedTable): Promise<void>;
  /** Stores what is known of a table; indexes that were there before go on, new ones wait to be filled. */
  save(tableName: string, saved: SavedTable, record: TableRecord): Promise<void>;
  drop(tableName: string): Promise<void>;
  /** Fills the indexes that wait. What is written meanwhile is not lost. */
  fill(tableName: string, signal: AbortSignal): Promise<void>;
  /** An item was written or, without `item`, deleted. */
  written(tableName: string, key: string, item: Item | undefined): void;
}

/** dynalite's own keys begin with `item-`, `index-`, `table~` and `tag-`. */
const prefix = 'raglan~';

/** The catalogue of one store, empty until it is loaded. */
export function createCatalogue(store: Store): Catalogue {
  const tables = new Map<string, TableState>();

  function remember(tableName: string, saved: SavedTable, record: TableRecord): void {
    const before = tables.get(tableName)?.indexes ?? [];
    const shape = {
      keyNames: record.KeySchema.map((each) => each.AttributeName),
      types: new Map(saved.attributes.map((each) => [each.AttributeName, each.AttributeType])),
    };
    const indexes = saved.vectorIndexes.map(
      (definition) =>
        before.find((index) => index.definition.IndexName === definition.IndexName) ??
        createVectorIndex(definition, shape),
    );
    tables.set(tableName, { saved, indexes });
  }

  async function fill(tableName: string, signal: AbortSignal): Promise<void> {
    const waiting = tables.get(tableName)?.indexes.filter((index) => !index.ready) ?? [];
    if (waiting.length === 0) return;
    const record = await tableRecord(store, tableName);
    for await (const item of store.getItemDb(tableName).createValueStream({}) as AsyncIterable<Item>) {
      if (signal.aborted) return;
      const key = db.createKey(item, record);
      for (const index of waiting) index.fill(key, item);
    }
    for (const index of waiting) index.filled();
  }

  return {
    get: (tableName) => tables.get(tableName),
    fill,
    async load() {
      for await (const [key, value] of store.db.iterator({ gte: prefix, lt: `${prefix}\xff` })) {
        const tableName = key.slice(prefix.length);
        const record = await tableRecord(store, tableName).catch(() => undefined);
        // A crash between the two writes of a CreateTable or DeleteTable leaves a definition without its table.
        if (!record) await store.db.del(key);
        else remember(tableName, value as SavedTable, record);
      }
      for (const tableName of tables.keys()) await fill(tableName, new AbortController().signal);
    },
    announce: (tableName, saved) => store.db.put(prefix + tableName, saved),
    async save(tableName, saved, record) {
      await store.db.put(prefix + tableName, saved);
      remember(tableName, saved, record);
    },
    async drop(tableName) {
      tables.delete(tableName);
      await store.db.del(prefix + tableName);
    },
    written(tableName, key, item) {
      for (const index of tables.get(tableName)?.indexes ?? []) index.write(key, item);
    },
  };
}
