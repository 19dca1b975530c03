import type { Catalogue } from './catalogue.ts';
import { db, validations, type AttributeValue, type Item, type Parameters } from './dynalite.ts';
import type { Found } from './partition.ts';
import { parseSearchExpressions } from './search-expressions.ts';
import { validationError } from './service-error.ts';
import type { VectorIndex } from './vector-index.ts';

/** A request whose members have their types. */
export interface SearchRequest extends Parameters {
  TableName: string;
  IndexName: string;
  TopK?: number;
  SearchVector?: AttributeValue[];
  SearchConditionExpression?: string;
  ProjectionExpression?: string;
  ReturnConsumedCapacity?: string;
}

const values = 'AttrStruct<ValueStruct>';
/** The members in dynalite's notation. */
const types = {
  TableName: 'String',
  IndexName: 'String',
  TopK: 'Integer',
  SearchVector: { type: 'List', children: values },
  SearchConditionExpression: 'String',
  ProjectionExpression: 'String',
  ExpressionAttributeNames: { type: 'Map<java.lang.String>', children: 'String' },
  ExpressionAttributeValues: { type: 'Map<AttributeValue>', children: values },
  ReturnConsumedCapacity: 'String',
};
const wireTypes = Object.fromEntries(
  Object.entries(types).map(([name, type]) => [name, typeof type === 'string' ? { type } : type]),
);
const maxTopK = 100;
const minBilledBytes = 1024;
const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * SearchVectors on a table that exists. Exact, where the service approximates; the bytes it reports are therefore those of
 * the whole partition, an upper bound. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html
 */
export function searchVectors(catalogue: Catalogue, request: SearchRequest): object {
  const index = findIndex(catalogue, request);
  const query = readSearchVector(request.SearchVector ?? [], index.definition.Dimensions);
  const { partition, filters, paths } = parseSearchExpressions(request, index.reader);
  const found =
    partition === undefined ? [] : index.search(partition, { query, filters, limit: request.TopK! });
  checkSize(found);
  return {
    SearchResults: found.map((each) => ({ Item: toItem(each, index, paths), Score: each.score })),
    ...(['TOTAL', 'INDEXES'].includes(request.ReturnConsumedCapacity ?? 'NONE') && {
      ConsumedCapacity: {
        VectorSearchRequestBytes: Math.max(minBilledBytes, index.sizeBytes(partition ?? '')),
      },
    }),
  };
}

/** Checks what can be checked without the table. Changes its argument. */
export function checkSearchRequest(data: Parameters): SearchRequest {
  const request = validations.checkTypes(data, wireTypes) as SearchRequest;
  const broken = (member: string, value: string, rule: string) =>
    validationError(
      `1 validation error detected: Value ${value}at '${member}' failed to satisfy constraint: ${rule}`,
    );
  const { TopK: topK, IndexName: name, SearchVector: vector } = request;
  if (typeof request.TableName !== 'string') throw broken('tableName', 'null ', 'Member must not be null');
  if (typeof name !== 'string') throw broken('indexName', 'null ', 'Member must not be null');
  if (name.length < 3) throw broken('IndexName', '', 'Member must have length greater than or equal to 3');
  if (name.length > 255) throw broken('IndexName', '', 'Member must have length less than or equal to 255');
  if (!vector?.length) {
    throw broken('SearchVector', '', 'Member must have length greater than or equal to 1');
  }
  if (topK === undefined) throw broken('topK', 'null ', 'Member must not be null');
  if (topK < 1) throw broken('topK', `'${topK}' `, 'Member must have value greater than or equal to 1');
  if (topK > maxTopK) {
    throw validationError(
      `Provided TopK value '${topK}' is out of valid range. The value must be between 1 and ${maxTopK} inclusive`,
    );
  }
  return request;
}

function findIndex(catalogue: Catalogue, { TableName: table, IndexName: name }: SearchRequest): VectorIndex {
  const index = catalogue.get(table)?.indexes.find((each) => each.definition.IndexName === name);
  if (!index) throw validationError(`The table does not have the specified index: ${name}`);
  if (!index.ready) throw validationError(`Cannot search backfilling vector index: ${name}`);
  return index;
}

function readSearchVector(elements: readonly AttributeValue[], dimensions: number): Float32Array {
  const vector = Float32Array.from(elements, ({ N: number }) => (number ? Number(number) : Number.NaN));
  if (!vector.every(Number.isFinite)) {
    throw validationError(
      'Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute',
    );
  }
  if (vector.length !== dimensions) {
    throw validationError(
      `Input search vector dimension ${vector.length} does not match vector index dimension ${dimensions}`,
    );
  }
  return vector;
}

/** The projected attributes; the vector only where it is projected and asked for, everything else that is asked for silently not. */
function toItem(found: Found, { definition }: VectorIndex, paths: string[][] | undefined): Item {
  const item = JSON.parse(found.attributes) as Item;
  if (!paths) return item;
  const { VectorAttribute: vector, Projection: projection } = definition;
  const name = vector.AttributeName;
  const isProjected = projection.ProjectionType === 'ALL' || projection.NonKeyAttributes?.includes(name);
  if (isProjected && paths.some((path) => path[0] === name)) {
    item[name] = { L: Array.from(found.vector, (number) => ({ N: toDecimal(number) })) };
  }
  return db.mapPaths(paths, item);
}

/** The shortest decimal that is this single-precision number again; whole numbers with a `.0`, as the service has them. */
function toDecimal(number: number): string {
  for (let digits = 1; digits <= 9; digits += 1) {
    const decimal = Number(number.toPrecision(digits));
    if (Math.fround(decimal) === number)
      return Number.isInteger(decimal) ? decimal.toFixed(1) : String(decimal);
  }
  return String(number);
}

function checkSize(found: readonly Found[]): void {
  const bytes = found.reduce((sum, each) => sum + each.attributes.length, 0);
  if (bytes > maxAnswerBytes) {
    throw validationError('The answer exceeds 16 MB: use a narrower projection or a smaller TopK');
  }
}
