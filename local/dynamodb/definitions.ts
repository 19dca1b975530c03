import { limitExceeded, validationError } from './service-error.ts';

/** A vector index as CreateTable and UpdateTable declare it. */
export interface VectorIndexDefinition {
  IndexName: string;
  VectorAttribute: { AttributeName: string };
  Dimensions: number;
  DistanceFunction: 'COSINE' | 'EUCLIDEAN' | 'DOT_PRODUCT';
  SearchSchema?: { AttributeName: string; SearchSchemaElementType: 'HASH' | 'INLINE_FILTER' }[];
  Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] };
}

export interface AttributeDefinition {
  AttributeName: string;
  AttributeType: string;
}

/** What a new index is judged beside. */
export interface Surroundings {
  attributes: readonly AttributeDefinition[];
  /** Names that other indexes of the table have, of any kind. */
  names: readonly string[];
  existing: readonly VectorIndexDefinition[];
}

const maxIndexes = 5;
const maxDimensions = 4096;
const maxInlineFilters = 18;

const invalid = (what: string) => validationError(`One or more parameter values were invalid: ${what}`);

/** The definitions of a CreateTable, checked. Throws what the service answers. */
export function checkDefinitions(input: unknown, around: Surroundings): VectorIndexDefinition[] {
  if (!Array.isArray(input)) throw invalid('List of VectorIndexes is empty');
  if (input.length === 0) throw invalid('List of VectorIndexes is empty');
  if (input.length > maxIndexes) {
    throw invalid(`VectorIndex count exceeds the per-table limit of ${maxIndexes}`);
  }
  const checked: VectorIndexDefinition[] = [];
  for (const [position, value] of input.entries()) {
    const definition = checkDefinition(value, `vectorIndexes.${position + 1}.member`);
    checkAmong(definition, {
      ...around,
      names: [...around.names, ...checked.map((index) => index.IndexName)],
      existing: [...around.existing, ...checked],
    });
    checked.push(definition);
  }
  return checked;
}

/** The definition of an UpdateTable's Create, checked. Throws what the service answers. */
export function checkAddedDefinition(input: unknown, around: Surroundings): VectorIndexDefinition {
  const definition = checkDefinition(input, 'vectorIndexUpdates.1.member.create');
  if (around.existing.some((index) => index.IndexName === definition.IndexName)) {
    throw validationError('Attempting to create an index which already exists');
  }
  if (around.existing.length >= maxIndexes) {
    throw limitExceeded(
      `Subscriber limit exceeded: Number of vector secondary indexes exceeds per-table limit of ${maxIndexes}`,
    );
  }
  checkAmong(definition, around);
  return definition;
}

function checkDefinition(input: unknown, path: string): VectorIndexDefinition {
  const definition = { ...(input as VectorIndexDefinition) };
  const require = (holds: boolean, member: string, value: string | number | undefined, rule: string) => {
    if (holds) return;
    const shown = value ?? 'null';
    throw validationError(
      `1 validation error detected: Value '${shown}' at '${path}.${member}' failed to satisfy constraint: ${rule}`,
    );
  };
  const { IndexName: name, VectorAttribute: vector, Projection: projection } = definition;
  require(typeof name === 'string', 'indexName', name, 'Member must not be null');
  require(name.length >= 3, 'indexName', name, 'Member must have length greater than or equal to 3');
  require(name.length <= 255, 'indexName', name, 'Member must have length less than or equal to 255');
  require(/^[a-zA-Z0-9_.-]+$/.test(
    name,
  ), 'indexName', name, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
  require(Boolean(
    vector?.AttributeName,
  ), 'vectorAttribute.attributeName', vector?.AttributeName, 'Member must not be null');
  require(typeof definition.Dimensions ===
    'number', 'dimensions', definition.Dimensions, 'Member must not be null');
  definition.Dimensions = Math.trunc(definition.Dimensions);
  require(definition.Dimensions >=
    1, 'dimensions', definition.Dimensions, 'Member must have value greater than or equal to 1');
  require(['COSINE', 'DOT_PRODUCT', 'EUCLIDEAN'].includes(
    definition.DistanceFunction,
  ), 'distanceFunction', definition.DistanceFunction, 'Member must satisfy enum value set: [COSINE, DOT_PRODUCT, EUCLIDEAN]');
  require(['ALL', 'INCLUDE', 'KEYS_ONLY'].includes(
    projection?.ProjectionType,
  ), 'projection.projectionType', projection?.ProjectionType, 'Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]');
  for (const [position, element] of (definition.SearchSchema ?? []).entries()) {
    require(['HASH', 'INLINE_FILTER'].includes(
      element.SearchSchemaElementType,
    ), `searchSchema.${position + 1}.member.searchSchemaElementType`, element.SearchSchemaElementType, 'Member must satisfy enum value set: [HASH, INLINE_FILTER]');
  }
  return definition;
}

function checkAmong(definition: VectorIndexDefinition, around: Surroundings): void {
  const attribute = definition.VectorAttribute.AttributeName;
  const schema = definition.SearchSchema ?? [];
  const declared = new Set(around.attributes.map((each) => each.AttributeName));

  if (around.names.includes(definition.IndexName)) {
    throw invalid(`Duplicate index name: ${definition.IndexName}`);
  }
  if (definition.Dimensions > maxDimensions) {
    throw invalid(`Number of dimensions must be between 1 and ${maxDimensions} inclusive.`);
  }
  checkSchema(schema, declared);
  if (declared.has(attribute)) {
    throw invalid(
      `Conflicting attribute definition for '${attribute}'. An attribute cannot be defined in AttributeDefinitions when used as a VectorAttribute.`,
    );
  }
  const others = around.existing.filter((index) => index.VectorAttribute.AttributeName === attribute);
  if (others.some((index) => index.Dimensions !== definition.Dimensions)) {
    throw invalid(
      `Conflicting attribute definition for '${attribute}'. All VectorIndexes on the same vector attribute must use the same dimensions.`,
    );
  }
  const { ProjectionType: type, NonKeyAttributes: included } = definition.Projection;
  if (type === 'INCLUDE' && !included?.length) {
    throw invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  }
  if (type !== 'INCLUDE' && included) {
    throw invalid(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
}

function checkSchema(
  schema: NonNullable<VectorIndexDefinition['SearchSchema']>,
  declared: ReadonlySet<string>,
): void {
  const hashes = schema.filter((element) => element.SearchSchemaElementType === 'HASH').length;
  if (hashes > 1) {
    throw invalid(
      `Value '${hashes}' at 'SearchSchema' failed to satisfy constraint: Member must have HASH count less than or equal to 1`,
    );
  }
  if (schema.length - hashes > maxInlineFilters) {
    throw invalid(
      `Value '${schema.length - hashes}' at 'SearchSchema' failed to satisfy constraint: Member must have INLINE_FILTER count less than or equal to ${maxInlineFilters}`,
    );
  }
  if (new Set(schema.map((element) => element.AttributeName)).size < schema.length) {
    throw invalid('SearchSchema contains a duplicate AttributeName');
  }
  if (schema.some((element) => !declared.has(element.AttributeName))) {
    throw invalid('One element in SearchSchema is not defined in attribute definitions');
  }
}
