import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';

/** A value in DynamoDB's wire form: one member, named by its type. */
export interface AttributeValue {
  S?: string;
  N?: string;
  B?: string;
  L?: AttributeValue[];
  M?: Item;
}
export type Item = Record<string, AttributeValue>;

/** A request's members after dynalite has checked their types; which they are depends on the operation. */
export type Parameters = Record<string, unknown>;

/** dynalite's record of a table. */
export interface TableRecord {
  TableName: string;
  TableStatus: string;
  KeySchema: { AttributeName: string; KeyType: string }[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  TableArn: string;
  BillingModeSummary?: { BillingMode: string };
  GlobalSecondaryIndexes?: { IndexName: string }[];
  LocalSecondaryIndexes?: { IndexName: string }[];
}

export type Done<Result = void> = (error?: Error | null, result?: Result) => void;

/** The items of one table, by dynalite's own key string. Whoever writes holds `lock` on the key from read to write. */
export interface ItemDb {
  get(key: string, done: Done<Item>): void;
  put(key: string, item: Item, done: Done): void;
  del(key: string, done: Done): void;
  lock(key: string, run: (release: (done: Done) => Done) => void): void;
  createValueStream(range?: object): Readable;
}

/** What lies beneath a table: one LevelDB, or a map in memory. */
export interface Store {
  db: {
    put(key: string, value: unknown): Promise<void>;
    del(key: string): Promise<void>;
    iterator(range: { gte: string; lt: string }): AsyncIterable<[key: string, value: unknown]>;
    open(): Promise<void>;
    close(done: Done): void;
  };
  getItemDb(tableName: string): ItemDb;
  getTable(tableName: string, checkStatus: boolean, done: Done<TableRecord>): void;
}

/** What a parsed ConditionExpression is made of: an operator over paths (arrays) and values, or over conditions. */
export interface Condition {
  type: string;
  args: (string[] | AttributeValue | Condition)[];
}

interface Db {
  create(options: {
    path?: string;
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
  }): Store;
  createKey(item: Item, table: TableRecord): string;
  mapPaths(paths: unknown[], item: Item): Item;
  updateIndexes(
    store: Store,
    table: TableRecord,
    before: Item | undefined,
    after: Item | undefined,
    done: Done,
  ): void;
}

interface Validations {
  checkTypes(data: Parameters, types: object): Parameters;
  checkValidations(data: Parameters, types: object, custom: unknown, store: Store): void;
  validateExpressionParams(data: Parameters, expressions: string[], others: string[]): string | undefined;
  validateExpressions(data: Parameters): string | undefined;
}

type Action = (store: Store, parameters: Parameters, done: Done<object>) => void;

const require = createRequire(import.meta.url);

/**
 * The parts of dynalite. Its own server is not used: that parses every body a second time, can be closed only while it
 * listens, and keeps its item locks to itself, which the vector index and ALL_OLD need. The version is pinned exactly.
 */
export const db = require('dynalite/db') as Db;
export const validations = require('dynalite/validations') as Validations;

const names = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;

export type DynaliteOperation = (typeof names)[number];

const operations = new Map<string, { run: Action; types: object; custom?: unknown }>(
  names.map((name) => {
    const file = name.charAt(0).toLowerCase() + name.slice(1);
    const checks = require(`dynalite/validations/${file}`) as { types: object; custom?: unknown };
    return [name, { run: require(`dynalite/actions/${file}`) as Action, ...checks }];
  }),
);

/** Whether dynalite serves the operation of that name. */
export const isDynaliteOperation = (name: string): name is DynaliteOperation => operations.has(name);

/** The parameters, checked and with their expressions parsed. Changes its argument; throws what the caller gets to see. */
export function checked(store: Store, name: DynaliteOperation, data: Parameters): Parameters {
  const operation = operations.get(name)!;
  const parameters = validations.checkTypes(data, operation.types);
  validations.checkValidations(parameters, operation.types, operation.custom, store);
  return parameters;
}

/** Runs a checked operation on the store. */
export function run(store: Store, name: DynaliteOperation, parameters: Parameters): Promise<object> {
  return new Promise((resolve, reject) => {
    operations.get(name)!.run(store, parameters, (error, result) => {
      if (error) reject(error);
      else resolve(result ?? {});
    });
  });
}

/** dynalite's record of a table, or a rejection that is the service's ResourceNotFoundException. */
export function tableRecord(store: Store, tableName: string): Promise<TableRecord> {
  return new Promise((resolve, reject) => {
    store.getTable(tableName, false, (error, table) => (table ? resolve(table) : reject(error)));
  });
}
