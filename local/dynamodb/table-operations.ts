import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Catalogue, SavedTable } from './catalogue.ts';
import {
  checkAddedDefinition,
  checkDefinitions,
  type AttributeDefinition,
  type VectorIndexDefinition,
} from './definitions.ts';
import { checked, run, tableRecord, type Parameters, type Store, type TableRecord } from './dynalite.ts';
import { limitExceeded, notFound, validationError } from './service-error.ts';
import { describe } from './table-description.ts';

/** What the operations on tables work with. */
export interface TableTools {
  store: Store;
  catalogue: Catalogue;
  /** Fills the table's new indexes in the background. */
  backfill(tableName: string): void;
}

interface CreateTableInput extends Parameters {
  TableName: string;
  BillingMode?: string;
  AttributeDefinitions?: AttributeDefinition[];
  KeySchema?: { AttributeName: string }[];
  GlobalSecondaryIndexes?: { IndexName: string; KeySchema?: { AttributeName: string }[] }[];
  LocalSecondaryIndexes?: CreateTableInput['GlobalSecondaryIndexes'];
  VectorIndexes?: unknown;
}

/** CreateTable: dynalite gets the table without its vector indexes and without the attributes that only they use. */
export async function createTable({ store, catalogue }: TableTools, data: Parameters): Promise<object> {
  const input = data as CreateTableInput;
  if (input.VectorIndexes === undefined || input.VectorIndexes === null) {
    await run(store, 'CreateTable', checked(store, 'CreateTable', data));
    return { TableDescription: await untilCreated(store, input.TableName) };
  }
  if (input.BillingMode !== 'PAY_PER_REQUEST') {
    throw validationError(
      'One or more parameter values were invalid: Vector indexes are only supported for PAY_PER_REQUEST tables',
    );
  }
  const others = [...(input.GlobalSecondaryIndexes ?? []), ...(input.LocalSecondaryIndexes ?? [])];
  const attributes = input.AttributeDefinitions ?? [];
  const vectorIndexes = checkDefinitions(input.VectorIndexes, {
    attributes,
    names: others.map((index) => index.IndexName),
    existing: [],
  });
  const keys = new Set(
    [input.KeySchema ?? [], ...others.map((index) => index.KeySchema ?? [])]
      .flat()
      .map((key) => key.AttributeName),
  );
  const used = new Set(
    vectorIndexes.flatMap((index) => index.SearchSchema ?? []).map((each) => each.AttributeName),
  );
  const { VectorIndexes: _, ...plain } = input;
  plain.AttributeDefinitions = attributes.filter(
    ({ AttributeName: name }) => keys.has(name) || !used.has(name),
  );
  const parameters = checked(store, 'CreateTable', plain);
  const isNew = !(await exists(store, input.TableName));
  // Announced first: whenever the process dies, no table is left without its indexes.
  if (isNew) await catalogue.announce(input.TableName, { vectorIndexes, attributes });
  try {
    await run(store, 'CreateTable', parameters);
  } catch (error) {
    if (isNew) await catalogue.drop(input.TableName);
    throw error;
  }
  const record = await untilCreated(store, input.TableName);
  await catalogue.save(input.TableName, { vectorIndexes, attributes }, record);
  // The table could be written to for a moment before its indexes knew of it.
  await catalogue.fill(input.TableName, new AbortController().signal);
  return { TableDescription: describe(record, catalogue.get(input.TableName)) };
}

/** dynalite makes and removes tables a timer's turn after its answer; ours comes when a table can be used, or is gone. */
async function untilCreated(store: Store, tableName: string): Promise<TableRecord> {
  for (;;) {
    const record = await tableRecord(store, tableName);
    if (record.TableStatus !== 'CREATING') return record;
    await nextTurn();
  }
}

const exists = (store: Store, tableName: string) =>
  tableRecord(store, tableName).then(
    () => true,
    () => false,
  );

/** DescribeTable, with the vector indexes. */
export async function describeTable({ store, catalogue }: TableTools, data: Parameters): Promise<object> {
  const { TableName: tableName } = checked(store, 'DescribeTable', data) as { TableName: string };
  return { Table: describe(await tableRecord(store, tableName), catalogue.get(tableName)) };
}

/** DeleteTable, with everything that was kept beside it. */
export async function deleteTable({ store, catalogue }: TableTools, data: Parameters): Promise<object> {
  const parameters = checked(store, 'DeleteTable', data) as { TableName: string };
  const result = await run(store, 'DeleteTable', parameters);
  await catalogue.drop(parameters.TableName);
  while (await exists(store, parameters.TableName)) await nextTurn();
  return result;
}

interface UpdateTableInput extends Parameters {
  TableName: string;
  BillingMode?: string;
  AttributeDefinitions?: AttributeDefinition[];
  VectorIndexUpdates?: { Create?: VectorIndexDefinition; Delete?: { IndexName: string } }[];
}

/** UpdateTable: one vector index comes or goes a request; the rest is dynalite's. */
export async function updateTable(tools: TableTools, data: Parameters): Promise<object> {
  const { store, catalogue } = tools;
  const input = data as UpdateTableInput;
  const updates = input.VectorIndexUpdates;
  const saved = catalogue.get(input.TableName)?.saved;
  if (input.BillingMode === 'PROVISIONED' && saved?.vectorIndexes.length) {
    throw validationError(
      'One or more parameter values were invalid: Tables with vector indexes must be in PAY_PER_REQUEST mode',
    );
  }
  if (!updates?.length) {
    await run(store, 'UpdateTable', checked(store, 'UpdateTable', data));
    return {
      TableDescription: describe(await tableRecord(store, input.TableName), catalogue.get(input.TableName)),
    };
  }
  if (updates.length > 1) {
    throw limitExceeded(
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
  const record = await tableRecord(store, input.TableName);
  await catalogue.save(input.TableName, changed(input, record, saved), record);
  tools.backfill(input.TableName);
  return { TableDescription: describe(record, catalogue.get(input.TableName)) };
}

function changed(input: UpdateTableInput, record: TableRecord, saved?: SavedTable): SavedTable {
  const { Create: added, Delete: removed } = input.VectorIndexUpdates![0]!;
  const before = saved ?? { vectorIndexes: [], attributes: record.AttributeDefinitions };
  if (added) return withIndex(added, input, record, before);
  if (!removed) {
    throw validationError(
      'One or more parameter values were invalid: One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must not be null',
    );
  }
  const vectorIndexes = before.vectorIndexes.filter((index) => index.IndexName !== removed.IndexName);
  if (vectorIndexes.length === before.vectorIndexes.length) throw notFound();
  return { ...before, vectorIndexes };
}

function withIndex(
  added: unknown,
  input: UpdateTableInput,
  record: TableRecord,
  before: SavedTable,
): SavedTable {
  if (record.BillingModeSummary?.BillingMode !== 'PAY_PER_REQUEST') {
    throw validationError(
      'One or more parameter values were invalid: Vector indexes are only supported for PAY_PER_REQUEST tables',
    );
  }
  // The service wants the schema's attributes in this very request, even those the table has declared already.
  const declared = input.AttributeDefinitions ?? [];
  const others = [...(record.GlobalSecondaryIndexes ?? []), ...(record.LocalSecondaryIndexes ?? [])];
  const definition = checkAddedDefinition(added, {
    attributes: declared,
    names: others.map((index) => index.IndexName),
    existing: before.vectorIndexes,
  });
  const known = new Set(before.attributes.map((each) => each.AttributeName));
  return {
    ...before,
    vectorIndexes: [...before.vectorIndexes, definition],
    attributes: [...before.attributes, ...declared.filter((each) => !known.has(each.AttributeName))],
  };
}
