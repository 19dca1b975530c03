import { describe, expect, it } from 'vitest';
import { kindsAndTexts, parsed } from './parsing.ts';

async function blocksOf(source: string) {
  return (await parsed(source, 'text/csv')).blocks.map(({ kind, text, line }) => [kind, text, line]);
}

describe('CSV', () => {
  it('keeps rows below their header, with the line of the first', async () => {
    expect(await blocksOf('port,depth\neast,12 m\nwest,"9 m, at ""ebb"""\n')).toEqual([
      ['table', 'port | depth\neast | 12 m\nwest | 9 m, at "ebb"', 2],
    ]);
  });

  it.each([
    [';', 'a;"b, c, d";e\n1;2,5;3\n', 'a | b, c, d | e\n1 | 2,5 | 3'],
    ['\t', 'a\tb\n1\t2, 3, 4\n', 'a | b\n1 | 2, 3, 4'],
    ['|', 'a|b\n1|2\n', 'a | b\n1 | 2'],
    ['what the first line says', 'sep=:\na:b,c\n1:2\n', 'a | b,c\n1 | 2'],
    ['nothing', 'a\n1\n', 'a\n1'],
  ])('finds out that cells are separated by %j', async (_, source, text) => {
    expect((await parsed(source, 'text/csv')).blocks.map((block) => block.text)).toEqual([text]);
  });

  it('repeats the header above each group of rows, which says the line that it starts on', async () => {
    const rows = Array.from({ length: 100 }, (_, n) =>
      n === 10 ? `${n},"two\nlines"\n\n` : `${n},value ${n}\n`,
    );
    const { blocks } = await parsed(`id,text\n${rows.join('')}`, 'text/csv');
    expect(blocks.length).toBeGreaterThan(1);
    const source = `id,text\n${rows.join('')}`.split('\n');
    const seen: string[] = [];
    for (const { kind, text, line } of blocks) {
      const [header, ...group] = text.split('\n');
      expect([kind, header]).toEqual(['table', 'id | text']);
      expect(source[line! - 1]!.split(',')[0]).toBe(group[0]!.split(' | ')[0]);
      expect(text.length).toBeLessThanOrEqual(900);
      seen.push(...group);
    }
    expect(seen).toHaveLength(100);
    expect(seen[10]).toBe('10 | two lines');
  });

  it('makes a record of a row that is too long for a group', async () => {
    const long = 'word '.repeat(300).trim();
    expect(await blocksOf(`id,text,note\n1,"${long}\n\nend",short\n2,b,\n`)).toEqual([
      ['text', 'id: 1', 2],
      ['text', `text: ${long}`, 2],
      ['text', 'end', 2],
      ['text', 'note: short', 2],
      ['table', 'id | text | note\n2 | b | ', 5],
    ]);
  });

  it('makes records of rows below a header that is too long to repeat', async () => {
    const columns = Array.from({ length: 40 }, (_, n) => `column ${n}`);
    const [[kind, text] = []] = await blocksOf(
      `${columns.join(',')}\n${columns.map((_, n) => n).join(',')}\n`,
    );
    expect([kind, text]).toEqual(['text', columns.map((column, n) => `${column}: ${n}`).join('\n')]);
  });

  it('takes rows that are longer or shorter than their header, and a header alone', async () => {
    expect(await blocksOf('a,b\n1\n1,2,3\n')).toEqual([['table', 'a | b\n1\n1 | 2 | 3', 2]]);
    expect(await blocksOf('a,b\n')).toEqual([['text', 'a | b', 1]]);
  });

  it('is read as tab-separated values too', async () => {
    const { blocks } = await parsed('a\tb\n1\t2\n', 'text/tab-separated-values');
    expect(kindsAndTexts(blocks)).toEqual([['table', 'a | b\n1 | 2']]);
  });

  it('says where a quotation that never ends made the rest of it one value', async () => {
    await expect(parsed('a,b\n1,"2\n3,4\n', 'text/csv')).rejects.toMatchObject({
      code: 'unreadable_document',
      message: expect.stringMatching(/quotation mark without its second one/) as string,
    });
    await expect(parsed(' \n\n', 'text/csv')).rejects.toMatchObject({ code: 'no_text' });
  });
});
