import { RagError } from '../errors.ts';
import type { FieldValue, Filter, Filterable } from '../types.ts';

/** Searches that one filter becomes at most. */
const maxSearches = 10;

/** Names that every document can be filtered by; all others are fields of its owner's. */
const builtIn = ['tags', 'date'];

/** How a search is done that knows nothing but equality, and only of some fields. */
export interface FilterPlan {
  /** What each search asks for, by field; together they find what fits `searches`' share of the filter. */
  searches: Map<string, FieldValue>[];
  /** Whether nothing of the filter is left to be checked afterwards. */
  isWhole: boolean;
}

/** The fields that a filter names. */
export function fieldNames(filter: Filter): string[] {
  return Object.keys(filter).filter((name) => !builtIn.includes(name));
}

/** Throws RagError `invalid_request` with what is known if the filter names a field that no document has. */
export function assertFieldsKnown(filter: Filter, fields: ReadonlyMap<string, unknown>): void {
  const unknown = fieldNames(filter).filter((name) => !fields.has(name));
  if (unknown.length === 0) return;
  const known = [...builtIn, ...Array.from(fields.keys()).toSorted()];
  const message = `no document of the collection has this field; known are ${known.join(', ')}`;
  const issues = unknown.map((name) => ({ field: `filter.${name}`, message }));
  const said = issues.map((issue) => `${issue.field}: ${issue.message}`).join('; ');
  throw new RagError('invalid_request', said, { details: { issues, known } });
}

/** Whether a document with this metadata fits. */
export function fitsFilter(filter: Filter, metadata: Filterable | undefined): boolean {
  return Object.entries(filter).every(([name, wanted]) =>
    valuesOf(name, metadata).some((value) => wanted.includes(value)),
  );
}

/**
 * Turns sets into searches, one a combination of values, the smallest sets first; what would make them too many, or is of
 * a field that the index does not know, is left to be checked afterwards.
 */
export function planFilter(filter: Filter, isIndexed: (name: string) => boolean): FilterPlan {
  let searches: FilterPlan['searches'] = [new Map()];
  let isWhole = true;
  const clauses = Object.entries(filter).toSorted(([, a], [, b]) => a.length - b.length);
  for (const [name, wanted] of clauses) {
    if (isIndexed(name) && searches.length * wanted.length <= maxSearches) {
      searches = searches.flatMap((search) => wanted.map((value) => new Map([...search, [name, value]])));
    } else {
      isWhole = false;
    }
  }
  return { searches, isWhole };
}

/** A filter in one spelling, whatever order it was written in. */
export function filterKey(filter: Filter | undefined): unknown {
  const spelled = Object.entries(filter ?? {}).map(([name, values]) => [
    name,
    values.map((value) => JSON.stringify(value)).toSorted(),
  ]);
  return spelled.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

function valuesOf(name: string, metadata: Filterable | undefined): readonly FieldValue[] {
  if (name === 'tags') return metadata?.tags ?? [];
  if (name === 'date') return metadata?.date === undefined ? [] : [metadata.date];
  // Own ones only: `constructor` is a name like any other.
  const value = metadata && Object.hasOwn(metadata.fields, name) ? metadata.fields[name] : undefined;
  return value === undefined ? [] : [value];
}
