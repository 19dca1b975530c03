import { RagError } from '../errors.ts';
import type { ObjectAttributes } from '../ports/originals.ts';
import type { FieldValue, Filterable, Metadata } from '../types.ts';

/** Attributes of an object that metadata is made of; all others are somebody else's. */
export const metadataAttributes = ['title', 'uri', 'date', 'tags', 'raglan'];

/** What the name of a metadata file has after the name of the object that it is about. */
export const metadataSuffix = '.metadata.json';

/** Bytes of a metadata file at most. */
export const maxFileBytes = 16 * 1024;

/** Bytes of metadata that is stored with the object itself, which may have 2 KB of attributes once they are encoded. */
const maxOwnBytes = 1_400;

const maxFields = 16;
const maxTags = 20;
const maxLength = 200;
const maxUriLength = 1_000;

/** Names of fields; those that mean something else are no fields. */
export const fieldName = /^[a-z][a-z0-9_]{0,31}$/;

type Entries = Record<string, unknown>;

/**
 * The metadata that stands with an object. Where several places name the same, the object's attribute `raglan` (JSON; what
 * a put writes) comes before the file beside it, and that before the object's plain attributes. Undefined if there is
 * none. Throws RagError `invalid_metadata`, which says what is wrong with what.
 */
export function readMetadata(attributes: ObjectAttributes | undefined): Metadata | undefined {
  if (!attributes) return undefined;
  const { raglan, tags, ...plain } = attributes.own;
  const listed = tags === undefined ? {} : { tags: tags.split(',').map((tag) => tag.trim()) };
  return toMetadata({
    ...plain,
    ...listed,
    ...(attributes.beside !== undefined && readFile(attributes.beside)),
    ...(raglan !== undefined && readObject(decode(raglan), 'The attribute raglan')),
  });
}

/** Metadata in JSON, flat: `{"title": …, "team": "legal"}`. Throws RagError `invalid_metadata`. */
export function parseMetadata(json: string): Metadata | undefined {
  return toMetadata(readObject(json, 'The metadata'));
}

/** Any value as metadata. Throws RagError `invalid_metadata`. */
export function toMetadata(value: unknown): Metadata | undefined {
  // What is null is not there, so that a place can take back what another one says.
  const given = Object.entries(asEntries(value, 'The metadata')).filter(([, each]) => each !== null);
  if (given.length === 0) return undefined;
  const { title, uri, date, tags, ...rest } = Object.fromEntries(given);
  const names = Object.keys(rest).toSorted();
  if (names.length > maxFields) throw invalid(`There are more than ${maxFields} fields.`);
  return {
    ...(title !== undefined && { title: toText('title', title) }),
    ...(uri !== undefined && { uri: toUri(uri) }),
    ...(date !== undefined && { date: toDate(date) }),
    ...(tags !== undefined && { tags: toTags(tags) }),
    fields: Object.fromEntries(names.map((name) => [name, toField(name, rest[name])])),
  };
}

/** What of it every passage carries, undefined if there is nothing to be found by. */
export function toFilterable(metadata: Metadata | undefined): Filterable | undefined {
  if (!metadata) return undefined;
  const { title: _title, uri: _uri, ...filterable } = metadata;
  const isEmpty = Object.keys(filterable).length === 1 && Object.keys(filterable.fields).length === 0;
  return isEmpty ? undefined : filterable;
}

/** Metadata as people write it, and `toMetadata` reads it. */
export function toFlat({ fields, ...metadata }: Metadata): Entries {
  return { ...fields, ...metadata };
}

/** Metadata as attributes of the object that is put. Throws RagError `invalid_metadata` if it is too much for them. */
export function toOwnAttributes(metadata: Metadata): ObjectAttributes['own'] {
  const json = Buffer.from(JSON.stringify(toFlat(metadata)));
  if (json.length <= maxOwnBytes) return { raglan: json.toString('base64url') };
  const instead = `Put it beside the object in the bucket, as a file that ends in ${metadataSuffix}.`;
  throw invalid(`As JSON it is longer than ${maxOwnBytes} bytes. ${instead}`);
}

/** The attribute may be typed by hand, so it may be JSON as it is, percent-encoded or in base64url. */
function decode(raglan: string): string {
  if (raglan.startsWith('{')) return raglan;
  if (!raglan.startsWith('%')) return Buffer.from(raglan, 'base64url').toString('utf8');
  try {
    return decodeURIComponent(raglan);
  } catch (error) {
    throw invalid('The attribute raglan is not valid percent-encoding.', error);
  }
}

/** The file may also have the shape that Amazon Bedrock reads: `{"metadataAttributes": {…}}`. An empty one says nothing. */
function readFile(text: string): Entries {
  if (Buffer.byteLength(text) > maxFileBytes) throw invalid('The metadata file is larger than 16 KB.');
  if (text.trim() === '') return {};
  const whole = readObject(text, 'The metadata file');
  if (whole['metadataAttributes'] === undefined) return whole;
  const entries = Object.entries(asEntries(whole['metadataAttributes'], 'metadataAttributes'));
  return Object.fromEntries(entries.map(([name, value]) => [name, untyped(value)]));
}

/** Bedrock's other notation of a value: `{"value": {"type": "STRING", "stringValue": "legal"}}`. */
function untyped(value: unknown): unknown {
  const typed = (value as { value?: unknown } | null)?.value;
  if (typeof typed !== 'object' || typed === null) return value;
  return Object.entries(typed).find(([name]) => name.endsWith('Value'))?.[1];
}

function readObject(json: string, what: string): Entries {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw invalid(`${what} is not valid JSON.`, error);
  }
  return asEntries(value, what);
}

function asEntries(value: unknown, what: string): Entries {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Entries;
  throw invalid(`${what} is not a JSON object.`);
}

function toText(name: string, value: unknown, max = maxLength): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= max)
    return value.toWellFormed().normalize('NFC');
  throw invalid(`${name} must be a text of 1 to ${max} characters.`);
}

function toUri(value: unknown): string {
  const uri = toText('uri', value, maxUriLength);
  // It is shown as a link: one that runs a script is none.
  if (/^(?:https?|s3):\/\/\S+$/i.test(uri)) return uri;
  throw invalid('uri must begin with https://, http:// or s3://, without spaces.');
}

function toDate(value: unknown): string {
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const date = new Date(`${value}T00:00:00Z`);
    // A day that the month does not have would be taken for one of the next.
    if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)) return value;
  }
  throw invalid('date must be a day in the form YYYY-MM-DD.');
}

function toTags(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > maxTags)
    throw invalid(`tags must be a list of at most ${maxTags}.`);
  return Array.from(new Set(value.map((tag) => toText('Each of tags', tag))));
}

function toField(name: string, value: unknown): FieldValue {
  if (!fieldName.test(name)) {
    const rule = 'a lower-case letter, then letters, digits and underscores, at most 32 in all';
    throw invalid(`${JSON.stringify(name.slice(0, 40))} is no name of a field: ${rule}.`);
  }
  if (typeof value === 'string') return toText(name, value);
  if (typeof value === 'boolean' || isNumber(value)) return value as FieldValue;
  throw invalid(`${name} must be a text, a number or true or false.`);
}

/** Whether every store keeps it as it is. */
function isNumber(value: unknown): boolean {
  if (typeof value !== 'number') return false;
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-100 && size <= Number.MAX_SAFE_INTEGER);
}

function invalid(message: string, cause?: unknown): RagError {
  return new RagError('invalid_metadata', message, { cause });
}
