import { validations, type AttributeValue, type Condition, type Parameters } from './dynalite.ts';
import { encodeScalar, type EntryReader } from './entry.ts';
import type { SearchRequest } from './search-vectors.ts';
import { validationError } from './service-error.ts';

/** What a search is restricted to and what it returns. */
export interface SearchExpressions {
  /** Undefined where the condition contradicts itself: nothing can match. */
  partition: string | undefined;
  /** One value a filter of the index, undefined where the search leaves it open. */
  filters: (string | undefined)[];
  /** Paths of the ProjectionExpression. */
  paths: string[][] | undefined;
}

const missingCondition = 'SearchConditionExpression must be provided when SearchSchema has a HASH key';

/**
 * Reads the request's expressions. dynalite's parser does the work under the name of a ConditionExpression, so reserved
 * words and placeholders that are undefined or unused are refused here as everywhere.
 */
export function parseSearchExpressions(request: SearchRequest, reader: EntryReader): SearchExpressions {
  const parsed = parse(request);
  const equals = new Map<string, AttributeValue[]>();
  if (parsed._condition) collect(parsed._condition.expression, equals);
  for (const [name, wanted] of equals) for (const value of wanted) checkOperand(name, value, reader);
  if (reader.hash !== undefined && !equals.has(reader.hash)) throw validationError(missingCondition);

  const encoded = new Map(
    [...equals].map(([name, wanted]) => [name, [...new Set(wanted.map((value) => encodeScalar(value)))]]),
  );
  const contradicts = [...encoded.values()].some((wanted) => wanted.length > 1);
  const only = (name: string) => encoded.get(name)?.[0];
  return {
    partition: contradicts ? undefined : reader.hash === undefined ? '' : only(reader.hash),
    filters: reader.filters.map(only),
    paths: parsed._projection?.paths.map((path) => (Array.isArray(path) ? path : [path])),
  };
}

interface Parsed extends Parameters {
  _condition?: { expression: Condition };
  _projection?: { paths: (string | string[])[] };
}

function parse(request: SearchRequest): Parsed {
  const renamed: Parsed = {
    ConditionExpression: request.SearchConditionExpression,
    ProjectionExpression: request.ProjectionExpression,
    ExpressionAttributeNames: request['ExpressionAttributeNames'],
    ExpressionAttributeValues: request['ExpressionAttributeValues'],
  };
  const problem =
    validations.validateExpressionParams(renamed, ['ConditionExpression', 'ProjectionExpression'], []) ??
    validations.validateExpressions(renamed);
  if (problem) throw validationError(problem.replace('ConditionExpression', 'SearchConditionExpression'));
  return renamed;
}

/** Equalities by attribute. Only `=` and AND are known to the service. */
function collect({ type, args }: Condition, into: Map<string, AttributeValue[]>): void {
  if (type === 'and') {
    for (const part of args) collect(part as Condition, into);
    return;
  }
  const path = args.find((each) => Array.isArray(each));
  const value = args.find((each) => !Array.isArray(each) && !('type' in each)) as AttributeValue | undefined;
  if (type !== '=' || !path || !value) {
    throw validationError(
      'Invalid SearchConditionExpression: Invalid comparator used in SearchConditionExpression',
    );
  }
  // A path into an attribute is no attribute of the schema.
  const name = path.join('.');
  into.set(name, [...(into.get(name) ?? []), value]);
}

function checkOperand(name: string, value: AttributeValue, reader: EntryReader): void {
  if (name !== reader.hash && !reader.filters.includes(name)) {
    throw validationError(
      `SearchConditionExpression must not contain any attributes that is not in SearchSchema. Invalid attribute: ${name}`,
    );
  }
  const actual = Object.keys(value)[0];
  const declared = reader.typeOf(name);
  if (actual !== declared) {
    throw validationError(
      `Type of '${name}' attribute in SearchConditionExpression (${actual}) does not match type in search schema (${declared})`,
    );
  }
  if (name === reader.hash && value.S === '') {
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    );
  }
}
