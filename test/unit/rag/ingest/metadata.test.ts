import { describe, expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import {
  maxFileBytes,
  parseMetadata,
  readMetadata,
  toOwnAttributes,
} from '../../../../lib/rag/ingest/metadata.ts';
import type { Metadata } from '../../../../lib/rag/types.ts';

const whole: Metadata = {
  title: 'Größe der Türen',
  uri: 'https://intranet.example/doors',
  date: '2024-02-29',
  tags: ['hr', 'legal'],
  fields: { draft: false, team: 'legal', year: 2024 },
};
const flat = (({ fields, ...named }: Metadata) => ({ ...named, ...fields }))(whole);
const file = (value: unknown) => ({ own: {}, beside: JSON.stringify(value) });

/** What is wrong with it, in the words that the owner reads. */
function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof RagError && error.code === 'invalid_metadata') return error.message;
    throw error;
  }
  throw new Error('Nothing was wrong.');
}

describe('where metadata stands', () => {
  it.each([
    ['the attribute that a put writes', { own: toOwnAttributes(whole) }],
    ['the attribute as plain JSON', { own: { raglan: JSON.stringify(flat) } }],
    ['the attribute percent-encoded', { own: { raglan: encodeURIComponent(JSON.stringify(flat)) } }],
    ['the file beside it', file(flat)],
    ['the file, with a byte order mark', { own: {}, beside: `\uFEFF${JSON.stringify(flat)}` }],
    ["Bedrock's file", file({ metadataAttributes: flat })],
    [
      "Bedrock's file with types",
      file({
        metadataAttributes: {
          ...flat,
          team: { value: { type: 'STRING', stringValue: 'legal' }, includeForEmbedding: true },
          year: { value: { type: 'NUMBER', numberValue: 2024 } },
          draft: { value: { type: 'BOOLEAN', booleanValue: false } },
          tags: { value: { type: 'STRING_LIST', stringListValue: ['hr', 'legal'] } },
        },
      }),
    ],
  ])('%s', (_, attributes) => expect(readMetadata(attributes)).toEqual(whole));

  it('the plain attributes of an object, tags with commas between', () => {
    const own = { title: 'Doors', date: '2024-02-29', tags: 'hr, legal', uri: 's3://b/k' };
    expect(readMetadata({ own })).toEqual({
      ...{ title: 'Doors', date: '2024-02-29', tags: ['hr', 'legal'], uri: 's3://b/k', fields: {} },
    });
  });

  it.each([
    ['nothing', undefined],
    ['no attributes', { own: {} }],
    ['an empty file', { own: {}, beside: ' \n' }],
    ['an empty object', file({})],
    ['what is null', file({ team: null })],
  ])('%s says nothing', (_, attributes) => expect(readMetadata(attributes)).toBeUndefined());

  it('the put comes before the file, and the file before plain attributes, name by name', () => {
    const own = { title: 'plain', date: '2020-01-01', uri: 's3://b/plain', raglan: '{"title":"put","n":3}' };
    const beside = JSON.stringify({ title: 'file', date: '2021-01-01', n: 2, m: 2 });
    expect(readMetadata({ own, beside })).toEqual({
      ...{ title: 'put', date: '2021-01-01', uri: 's3://b/plain', fields: { m: 2, n: 3 } },
    });
  });

  it('null takes back what another place says', () => {
    const attributes = { own: { raglan: '{"team":null}' }, beside: '{"team":"legal","year":1}' };
    expect(readMetadata(attributes)).toEqual({ fields: { year: 1 } });
  });

  it('a field may have the name of what every object has', () => {
    const { fields } = parseMetadata('{"constructor":"a","hasownproperty":"b"}')!;
    expect(fields).toEqual({ constructor: 'a', hasownproperty: 'b' });
  });
});

describe('what is wrong is named', () => {
  it.each([
    ['no JSON', '{', /not valid JSON/],
    ['a list', '[]', /not a JSON object/],
    ['an empty title', '{"title":" "}', /^title must be a text/],
    ['a title that is too long', `{"title":"${'x'.repeat(201)}"}`, /200/],
    ['a link that runs', '{"uri":"javascript:alert(1)"}', /^uri must begin/],
    ['another form of day', '{"date":"29.2.2024"}', /YYYY-MM-DD/],
    ['a day that was not', '{"date":"2023-02-29"}', /^date/],
    ['tags that are no list', '{"tags":"hr"}', /^tags/],
    ['an empty tag', '{"tags":[""]}', /tags/],
    ['too many tags', `{"tags":[${Array.from({ length: 21 }, (_, n) => `"${n}"`).join()}]}`, /20/],
    ['a name in capitals', '{"Team":"x"}', /"Team" is no name/],
    ['a name with a prototype', '{"__proto__":"x"}', /__proto__/],
    ['a name that is too long', `{"${'a'.repeat(33)}":1}`, /32/],
    ['a list in a field', '{"team":["a"]}', /^team must be/],
    ['an object in a field', '{"team":{}}', /^team must be/],
    ['a number that no store keeps', '{"n":1e300}', /^n must be/],
    ['a value that is too long', `{"n":"${'x'.repeat(201)}"}`, /^n must be/],
    [
      'too many fields',
      JSON.stringify(Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`f${n}`, n]))),
      /16/,
    ],
  ])('%s', (_, json, says) => expect(complaint(() => parseMetadata(json))).toMatch(says));

  it('a file that is too large, and an attribute that is rubbish', () => {
    expect(complaint(() => readMetadata({ own: {}, beside: 'x'.repeat(maxFileBytes + 1) }))).toMatch(/16 KB/);
    expect(complaint(() => readMetadata({ own: { raglan: 'rubbish' } }))).toMatch(/raglan is not valid JSON/);
    expect(complaint(() => readMetadata({ own: { raglan: '%E0%A4%A' } }))).toMatch(/percent-encoding/);
  });

  it('metadata that an object cannot hold is told where to go', () => {
    const fields = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`f${n}`, 'x'.repeat(200)]));
    expect(complaint(() => toOwnAttributes({ fields }))).toMatch(/\.metadata\.json/);
  });

  it('what fits is within what S3 takes', () => {
    const fields = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`f${n}`, 'ü'.repeat(100)]));
    const own = toOwnAttributes({ fields });
    const bytes = Object.entries(own).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    expect(bytes).toBeLessThanOrEqual(2_048);
    expect(readMetadata({ own })).toEqual({ fields });
  });
});
