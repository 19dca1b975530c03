import { db, type Item, type Store } from './dynalite.ts';

/** The same store, telling of every item that was written while dynalite still holds the lock on its key. */
export function watchWrites(
  store: Store,
  written: (tableName: string, key: string, item: Item | undefined) => void,
): Store {
  return {
    ...store,
    getItemDb(tableName) {
      const items = store.getItemDb(tableName);
      return {
        ...items,
        put(key, item, done) {
          items.put(key, item, (error) => {
            if (!error) written(tableName, key, item);
            done(error);
          });
        },
        del(key, done) {
          items.del(key, (error) => {
            if (!error) written(tableName, key, undefined);
            done(error);
          });
        },
      };
    },
  };
}

/** A store for one write of one item. */
export interface WriteStore extends Store {
  /** The item as the write found it, read under its lock. */
  before: Item | undefined;
}

/**
 * Lets one write see what it finds and refuse what it makes. `check` throws the refusal: it is the only place where the
 * outcome of an UpdateExpression is known before it is stored.
 */
export function forOneWrite(store: Store, check: (item: Item) => void): WriteStore {
  const own: WriteStore = {
    ...store,
    before: undefined,
    getItemDb(tableName) {
      const items = store.getItemDb(tableName);
      return {
        ...items,
        get(key, done) {
          items.get(key, (error, item) => {
            own.before = item;
            done(error, item);
          });
        },
        put(key, item, done) {
          const refusal = thrownBy(() => check(item));
          if (refusal) undoIndexes(store, tableName, { item, before: own.before }, () => done(refusal));
          else items.put(key, item, done);
        },
      };
    },
  };
  return own;
}

/** dynalite writes its secondary indexes before the item. */
function undoIndexes(
  store: Store,
  tableName: string,
  change: { item: Item; before: Item | undefined },
  done: () => void,
): void {
  store.getTable(tableName, false, (_error, table) => {
    if (table) db.updateIndexes(store, table, change.item, change.before, () => done());
    else done();
  });
}

function thrownBy(run: () => void): Error | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
