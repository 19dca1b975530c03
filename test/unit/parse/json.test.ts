import { describe, expect, it } from 'vitest';
import type { ContentType } from '../../../lib/parse/content-types.ts';
import { parsed } from './parsing.ts';

async function blocksOf(value: unknown) {
  const { blocks } = await parsed(JSON.stringify(value), 'application/json');
  return blocks.map(({ kind, text, headings }) => [kind, text, headings]);
}

const long = 'Some words of a long value. '.repeat(40).trim();

describe('JSON', () => {
  it('keeps what fits into a chunk together, each value with its path', async () => {
    expect(
      await blocksOf({ name: 'Ada', address: { city: 'Köln', lines: ['a', 2] }, gone: null, on: true }),
    ).toEqual([['text', 'name: Ada\naddress.city: Köln\naddress.lines: a, 2\non: true', []]]);
  });

  it('has a record’s values together and records apart', async () => {
    expect(
      await blocksOf(Array.from({ length: 60 }, (_, n) => ({ id: n, text: `value ${n} of this` }))),
    ).toEqual(Array.from({ length: 60 }, (_, n) => ['text', `id: ${n}\ntext: value ${n} of this`, []]));
  });

  it('takes what is large apart under its names, and its own values before those', async () => {
    expect(
      await blocksOf({ first: { a: long, b: [{ c: 1 }, { c: 2 }] }, x: 1, last: { d: 'e' }, y: 2 }),
    ).toEqual([
      ['text', 'x: 1\ny: 2', []],
      ['heading', 'first', ['first']],
      ['text', `a: ${long}`, ['first']],
      ['heading', 'b', ['first', 'b']],
      ['text', 'c: 1', ['first', 'b']],
      ['text', 'c: 2', ['first', 'b']],
      ['heading', 'last', ['last']],
      ['text', 'd: e', ['last']],
    ]);
  });

  it('puts a large record under its own name or its place, and the next one not below it', async () => {
    expect(await blocksOf([{ title: 'Tides', text: long }, { id: 2 }, { text: long }])).toEqual([
      ['heading', 'Tides', ['Tides']],
      ['text', 'title: Tides', ['Tides']],
      ['text', `text: ${long}`, ['Tides']],
      ['text', 'id: 2', []],
      ['heading', '[2]', ['[2]']],
      ['text', `text: ${long}`, ['[2]']],
    ]);
  });

  it('cuts a long value by its paragraphs', async () => {
    expect(await blocksOf({ text: `${long}\n\nsecond` })).toEqual([
      ['text', `text: ${long}`, []],
      ['text', 'second', []],
    ]);
  });

  it('tells the line that the object or list of each block starts on', async () => {
    const source = JSON.stringify(
      {
        'a"{\\': 'x]',
        'first: {': { b: [{ c: long }, 'plain', ['d', 'e'], { f: long }] },
        last: { g: [long, long] },
      },
      null,
      2,
    );
    const { blocks } = await parsed(`\n${source}`, 'application/json');
    const lines = `\n${source}`.split('\n');
    expect(blocks.map(({ text, line = 0 }) => [text.slice(0, 9), lines[line - 1]?.trim()])).toEqual([
      ['a"{\\: x]', '{'],
      ['first: {', '"first: {": {'],
      ['b', '"b": ['],
      ['[0]', '{'],
      ['c: Some w', '{'],
      ['plain', '"b": ['],
      ['d, e', '['],
      ['[3]', '{'],
      ['f: Some w', '{'],
      ['last', '"last": {'],
      ['g', '"g": ['],
      ['Some word', '"g": ['],
      ['Some word', '"g": ['],
    ]);
  });

  it('takes of members of one name the line of the last, as it takes the value', async () => {
    const source = `{"a": {"b": "${long}"},\n"2": {"c": "${long}"},\n"a": {"b": "${long}"},\n"1": {"d": "${long}"}}`;
    const { blocks } = await parsed(source, 'application/json');
    const headings = blocks.filter(({ kind }) => kind === 'heading');
    expect(headings.map(({ text, line }) => [text, line])).toEqual([
      ['1', 4],
      ['2', 2],
      ['a', 3],
    ]);
  });

  it('takes its title from its title', async () => {
    expect((await parsed('{"title":"Tides","text":"x"}', 'application/json')).title).toBe('Tides');
    expect((await parsed('["x"]', 'application/json')).title).toBeUndefined();
  });
});

describe('JSON Lines', () => {
  it.each(['application/jsonl', 'application/x-ndjson'] as const)(
    'have a record on each line: %s',
    async (type) => {
      const { blocks } = await parsed(
        `{"id":1}\n\n${JSON.stringify({ title: 'Tides', text: `${long}\nend` })}\n"plain"\n`,
        type,
      );
      expect(blocks.map(({ kind, text, headings, line }) => [kind, text, headings, line])).toEqual([
        ['text', 'id: 1', [], 1],
        ['heading', 'Tides', ['Tides'], 3],
        ['text', 'title: Tides', ['Tides'], 3],
        ['text', `text: ${long}`, ['Tides'], 3],
        ['text', 'end', ['Tides'], 3],
        ['text', 'plain', [], 4],
      ]);
    },
  );
});

describe('JSON that is none', () => {
  it.each<[string, string, ContentType, string, RegExp]>([
    ['cut off', '[1,2', 'application/json', 'unreadable_document', /not valid JSON \(line 1 column 5\)/],
    ['wrong', '{"a": 1\n "b"}', 'application/json', 'unreadable_document', /\(line 2 column 2\)/],
    ['lines of it', '{"a":1}\n{"a":2}\n', 'application/json', 'unreadable_document', /application\/jsonl/],
    [
      'a wrong line',
      '{"a":1}\n{"a":}\n',
      'application/jsonl',
      'unreadable_document',
      /Line 2 is not valid JSON/,
    ],
    ['empty', '{"a":[null,{}]}', 'application/json', 'no_text', /has no text/],
    ['deep', '['.repeat(1e6) + ']'.repeat(1e6), 'application/json', 'too_complex', /nested too deeply/],
    [
      'deep and wide',
      `${'{"a":'.repeat(500)}"${long}"${'}'.repeat(500)}`,
      'application/jsonl',
      'too_complex',
      /nested/,
    ],
  ])('fails with a reason: %s', async (_, source, contentType, code, message) => {
    const failure = parsed(source, contentType);
    await expect(failure).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    await expect(failure).rejects.not.toThrow(/"a"|Some words/);
  });
});
