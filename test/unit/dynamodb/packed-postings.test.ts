import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { pack, packNames, unpack, unpackNames } from '../../../lib/dynamodb/packed-postings.ts';
import { fromItem, rowKey, toItem, toRows } from '../../../lib/dynamodb/posting-rows.ts';

const posting = fc.record({ number: fc.nat(), impact: fc.integer({ min: 1, max: 255 }) });

it('postings come back as they were packed, two bytes each for the first 128 passages', () => {
  fc.assert(
    fc.property(fc.array(posting), (postings) => {
      expect(unpack(pack(postings))).toEqual(postings);
    }),
  );
  expect(pack([{ number: 127, impact: 255 }])).toHaveLength(2);
});

it('names come back as they were packed', () => {
  const name = fc.record({ term: fc.stringMatching(/^\S{0,9}$/u), order: fc.constant('0f'), part: fc.nat() });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (names) => {
      expect(unpackNames(packNames(names))).toEqual(names);
    }),
  );
});

it('rows sort by their heaviest posting, and tell whose they are', () => {
  const block = { scope: 'acme/main', document: 'guides/a#b.md', version: 'v1', block: 3 } as const;
  const postings = Array.from({ length: 100 }, (_, number) => ({ number, impact: 255 - number }));
  const rows = toRows('salt', postings);
  const items = rows.map((row) => toItem(rowKey(block, row.name), row.postings, 0));
  const sortKeys = items.map((item) => item['sk']?.S ?? '');
  expect(sortKeys).toEqual(['00#guides/a#b.md#v1#3.0', '40#guides/a#b.md#v1#3.1']);
  expect(items.map(fromItem)).toEqual([
    { document: 'guides/a#b.md', version: 'v1', postings: postings.slice(0, 64) },
    { document: 'guides/a#b.md', version: 'v1', postings: postings.slice(64) },
  ]);
});
