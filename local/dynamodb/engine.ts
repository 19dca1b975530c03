import { makeFolder } from '../make-folder.ts';
import { createCatalogue } from './catalogue.ts';
import { checked, db, isDynaliteOperation, run, tableRecord, type Parameters } from './dynalite.ts';
import { batchWriteItem, readItems, writeItem } from './item-operations.ts';
import { checkSearchRequest, searchVectors } from './search-vectors.ts';
import { notFound, unknownOperation } from './service-error.ts';
import { createTable, deleteTable, describeTable, updateTable } from './table-operations.ts';
import { describeTimeToLive, updateTimeToLive } from './time-to-live.ts';
import { watchWrites } from './watched-store.ts';

/** DynamoDB's operations without the wire. */
export interface Engine {
  /** Rejects with what the service answers (see `isServiceError`), or with a defect. Changes `data`. */
  perform(operation: string, data: Parameters): Promise<object>;
  /** To be called when nothing is being performed any more. */
  close(): Promise<void>;
}

type Operation = (data: Parameters) => Promise<object>;

/** Opens the tables of a folder, or none in memory, and fills their vector indexes. Throws where the folder is in use. */
export async function openEngine(directory: string | undefined): Promise<Engine> {
  if (directory !== undefined) await makeFolder(directory);
  const plain = db.create({
    ...(directory !== undefined && { path: directory }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  await plain.db.open();
  const catalogue = createCatalogue(plain);
  await catalogue.load();
  const store = watchWrites(plain, (tableName, key, item) => catalogue.written(tableName, key, item));

  const closing = new AbortController();
  const backfills = new Set<Promise<void>>();
  function backfill(tableName: string): void {
    const work = catalogue
      .fill(tableName, closing.signal)
      .catch((error: unknown) => console.error(`A vector index of ${tableName} could not be filled:`, error))
      .finally(() => backfills.delete(work));
    backfills.add(work);
  }

  const tools = { store, catalogue, backfill };
  const inTurn = createTurns();
  const own: Record<string, Operation> = {
    CreateTable: (data) => inTurn(() => createTable(tools, data)),
    UpdateTable: (data) => inTurn(() => updateTable(tools, data)),
    DeleteTable: (data) => inTurn(() => deleteTable(tools, data)),
    UpdateTimeToLive: (data) => inTurn(() => updateTimeToLive(tools, data)),
    DescribeTimeToLive: (data) => describeTimeToLive(tools, data),
    DescribeTable: (data) => describeTable(tools, data),
    PutItem: (data) => writeItem(tools, 'PutItem', data),
    UpdateItem: (data) => writeItem(tools, 'UpdateItem', data),
    DeleteItem: (data) => writeItem(tools, 'DeleteItem', data),
    BatchWriteItem: async (data) => batchWriteItem(tools, data),
    Query: async (data) => readItems(tools, 'Query', data),
    Scan: async (data) => readItems(tools, 'Scan', data),
    SearchVectors: async (data) => {
      const request = checkSearchRequest(data);
      if (!catalogue.get(request.TableName))
        await tableRecord(store, request.TableName).catch(() => {
          throw notFound();
        });
      return searchVectors(catalogue, request);
    },
  };

  return {
    async perform(operation, data) {
      const handler = Object.hasOwn(own, operation) ? own[operation] : undefined;
      if (handler) return handler(data);
      if (!isDynaliteOperation(operation)) throw unknownOperation();
      return run(store, operation, checked(store, operation, data));
    },
    async close() {
      closing.abort();
      await Promise.all(backfills);
      await new Promise<void>((resolve, reject) => {
        plain.db.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

/** Operations on tables change several records each, so they run one after another. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
