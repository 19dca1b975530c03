import type { Catalogue } from './catalogue.ts';
import { checked, run, type Item, type Parameters, type Store } from './dynalite.ts';
import { isServiceError, validationError, type ServiceErrorBody } from './service-error.ts';
import { forOneWrite } from './watched-store.ts';

/** What the operations on items work with; `store` tells the catalogue of every write. */
export interface Tables {
  store: Store;
  catalogue: Catalogue;
}

interface Change {
  PutRequest?: { Item: Item };
}

/** PutItem, UpdateItem or DeleteItem, with `ReturnValuesOnConditionCheckFailure`. */
export async function writeItem(
  { store, catalogue }: Tables,
  name: 'PutItem' | 'UpdateItem' | 'DeleteItem',
  data: Parameters,
): Promise<object> {
  const wantsFound = data['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD';
  const parameters = checked(store, name, data);
  const indexes = catalogue.get(parameters['TableName'] as string)?.indexes ?? [];
  const check = (item: Item) => {
    for (const index of indexes) index.reader.check(item);
  };
  if (name === 'PutItem') check(parameters['Item'] as Item);
  const own = forOneWrite(store, check);
  try {
    return await run(own, name, parameters);
  } catch (error) {
    if (wantsFound && own.before && isFailedCondition(error)) error.body.Item = own.before;
    throw error;
  }
}

function isFailedCondition(error: unknown): error is { statusCode: number; body: ServiceErrorBody } {
  return isServiceError(error) && error.body.__type.endsWith('#ConditionalCheckFailedException');
}

/** BatchWriteItem. One vector that does not fit refuses the whole batch before anything is written. */
export function batchWriteItem({ store, catalogue }: Tables, data: Parameters): Promise<object> {
  const parameters = checked(store, 'BatchWriteItem', data);
  for (const [tableName, changes] of Object.entries(parameters['RequestItems'] as Record<string, Change[]>)) {
    for (const index of catalogue.get(tableName)?.indexes ?? []) {
      for (const { PutRequest: put } of changes) if (put) index.reader.check(put.Item);
    }
  }
  return run(store, 'BatchWriteItem', parameters);
}

/** Query or Scan; a vector index knows neither. The two texts differ in their full stop, as the service's do. */
export function readItems(
  { store, catalogue }: Tables,
  name: 'Query' | 'Scan',
  data: Parameters,
): Promise<object> {
  const parameters = checked(store, name, data);
  const indexes = catalogue.get(parameters['TableName'] as string)?.indexes ?? [];
  if (indexes.some((index) => index.definition.IndexName === parameters['IndexName'])) {
    throw validationError(`${name} operation not supported on this index type${name === 'Query' ? '.' : ''}`);
  }
  return run(store, name, parameters);
}
