import type { VectorIndexDefinition } from './definitions.ts';
import type { AttributeValue, Item } from './dynalite.ts';
import { validationError } from './service-error.ts';

/** What an index keeps of an item. */
export interface Entry {
  /** The HASH value, encoded; empty where the index has none. */
  partition: string;
  /** The INLINE_FILTER values, encoded, in the order of the schema. */
  filters: readonly (string | undefined)[];
  vector: Float32Array;
  /** The projected attributes without the vector, as JSON: a tenth of the memory that the objects would take. */
  attributes: string;
}

/** Turns items into an index's entries. */
export interface EntryReader {
  readonly hash: string | undefined;
  readonly filters: readonly string[];
  /** Declared type of a schema attribute. */
  typeOf(attribute: string): string;
  /** Throws the ValidationException that a write of this item ends with; says nothing on items the index leaves out. */
  check(item: Item): void;
  /** Undefined for an item that is not indexed: without a vector, without its HASH, or (in a backfill) not valid. */
  read(item: Item): Entry | undefined;
}

/** A schema value in a form that can be compared; numbers have been normalised by dynalite before they get here. */
export const encodeScalar = (value: AttributeValue): string => {
  const [type, content] = Object.entries(value)[0] ?? [];
  return `${type}:${String(content)}`;
};

/**
 * The reader for one index of a table. The texts are the service's own, see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchTroubleshooting.html
 */
export function createEntryReader(
  definition: VectorIndexDefinition,
  table: { keyNames: readonly string[]; types: ReadonlyMap<string, string> },
): EntryReader {
  const schema = definition.SearchSchema ?? [];
  const named = (kind: string) =>
    schema.filter((each) => each.SearchSchemaElementType === kind).map((each) => each.AttributeName);
  const hash = named('HASH')[0];
  const filters = named('INLINE_FILTER');
  const attribute = definition.VectorAttribute.AttributeName;
  const { ProjectionType: projection, NonKeyAttributes: included = [] } = definition.Projection;
  const projected = [...table.keyNames, ...schema.map((each) => each.AttributeName), ...included];
  const typeOf = (name: string) => table.types.get(name) ?? 'S';

  function problem(item: Item): string | undefined {
    for (const { AttributeName: name } of schema) {
      const wrong = schemaProblem(name, item[name], typeOf(name), definition.IndexName);
      if (wrong) return wrong;
    }
    return vectorProblem(item[attribute], definition);
  }

  function project(item: Item): Item {
    const names = projection === 'ALL' ? Object.keys(item) : projected;
    const kept = names.filter((name) => name !== attribute && item[name] !== undefined);
    return Object.fromEntries(kept.map((name) => [name, item[name]!]));
  }

  return {
    hash,
    filters,
    typeOf,
    check(item) {
      const wrong = problem(item);
      if (wrong) throw validationError(wrong);
    },
    read(item) {
      const vector = item[attribute]?.L;
      const partition = hash === undefined ? '' : item[hash];
      if (!vector || partition === undefined || problem(item)) return undefined;
      return {
        partition: typeof partition === 'string' ? partition : encodeScalar(partition),
        filters: filters.map((name) => item[name] && encodeScalar(item[name])),
        vector: toFloats(vector),
        attributes: JSON.stringify(project(item)),
      };
    },
  };
}

function toFloats(list: readonly AttributeValue[]): Float32Array {
  const vector = new Float32Array(list.length);
  for (let i = 0; i < list.length; i += 1) vector[i] = Number(list[i]!.N);
  return vector;
}

function schemaProblem(name: string, value: AttributeValue | undefined, type: string, index: string) {
  if (value === undefined) return undefined;
  const actual = Object.keys(value)[0];
  if (actual !== type) {
    return `One or more parameter values were invalid. Attribute '${name}' type mismatch. Expected: ${type}, Actual: ${actual}. IndexName: ${index}`;
  }
  if (value.S === '' || value.B === '') {
    return `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. IndexName: ${index}, IndexKey: ${name}`;
  }
  return undefined;
}

function vectorProblem(value: AttributeValue | undefined, definition: VectorIndexDefinition) {
  if (value === undefined) return undefined;
  const { IndexName: index, Dimensions: dimensions } = definition;
  const name = definition.VectorAttribute.AttributeName;
  const start = 'One or more parameter values were invalid.';
  if (!value.L) {
    return `${start} Invalid type for parameter ${name}, Expected: 32-bit floating point number list IndexName: ${index}`;
  }
  // By index: this runs over every number of every vector that is written.
  for (let position = 0; position < value.L.length; position += 1) {
    const element = value.L[position]!;
    if (element.N === undefined) {
      return `${start} Invalid type for parameter ${name}[${position}], Expected: 32-bit floating point number, Actual: ${Object.keys(element)[0]}. IndexName: ${index}`;
    }
    if (!Number.isFinite(Math.fround(Number(element.N)))) {
      return `${start} Invalid value for parameter ${name}[${position}], Value: ${element.N} is outside valid range [-3.4028235E38, 3.4028235E38]. IndexName: ${index}`;
    }
  }
  if (value.L.length !== dimensions) {
    return `${start} Invalid size for parameter ${name}, Expected: ${dimensions}, Actual: ${value.L.length} IndexName: ${index}`;
  }
  return undefined;
}
