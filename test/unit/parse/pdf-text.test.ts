import { describe, expect, it } from 'vitest';
import { pageLines, type TextRun } from '../../../lib/parse/pdf-lines.ts';
import { pageParagraphs } from '../../../lib/parse/pdf-paragraphs.ts';
import { withoutRunningText } from '../../../lib/parse/pdf-running-text.ts';

function run(str: string, baseline: number, { size = 10, hasEOL = true } = {}): TextRun {
  return { str, transform: [size, 0, 0, size, 72, baseline], hasEOL };
}

function paragraphs(lines: readonly [text: string, baseline: number, size?: number][]): string[] {
  return pageParagraphs(
    pageLines(lines.map(([text, baseline, size]) => run(text, baseline, size === undefined ? {} : { size }))),
  );
}

describe('lines of a PDF page', () => {
  it('are runs up to the end of the line, without what cannot be printed', () => {
    const runs = [
      run('Ha', 700, { hasEOL: false }),
      run('rbour\u0000  master', 700),
      run('', 690),
      run('x', 688),
    ];
    expect(pageLines(runs)).toEqual([
      { text: 'Harbour master', baseline: 700, size: 10 },
      { text: 'x', baseline: 688, size: 10 },
    ]);
  });
});

describe('paragraphs of a PDF page', () => {
  it('end where the distance grows, the size changes or the text jumps up', () => {
    expect(
      paragraphs([
        ['Title', 760, 18],
        ['one', 740],
        ['two', 728],
        ['three', 716],
        ['four', 690],
        ['five', 678],
        ['six', 666],
        ['seven', 654],
        ['next column', 740],
      ]),
    ).toEqual(['Title', 'one two three', 'four five six seven', 'next column']);
  });

  it('keep the wide lines of a page together', () => {
    const wide = Array.from({ length: 8 }, (_, n): [string, number] => [`line${n}`, 700 - n * 24]);
    expect(paragraphs(wide)).toHaveLength(1);
  });

  it('join words that were cut at the end of a line, and start items of a list anew', () => {
    expect(
      paragraphs([
        ['The light-', 700],
        ['house of Saint-', 688],
        ['Malo is so\u00ad', 676],
        ['lid:', 664],
        ['• one', 652],
        ['• two', 640],
      ]),
    ).toEqual(['The lighthouse of Saint-Malo is solid:\n• one\n• two']);
  });
});

describe('running headers and footers', () => {
  const pages = (count: number, page: (n: number) => string[]): string[][] =>
    Array.from({ length: count }, (_, index) => page(index + 1));

  it('go when more than half of the pages have them', () => {
    const text = withoutRunningText(
      pages(6, (n) => ['Harbour handbook', `text of ${n}`, n === 2 ? 'Page two' : `Page ${n} of 6`]),
    );
    expect(text).toEqual(pages(6, (n) => (n === 2 ? ['text of 2', 'Page two'] : [`text of ${n}`])));
  });

  it('stay when there are few pages, when they differ, when they are all there is, or when they are sentences', () => {
    for (const kept of [
      pages(3, (n) => ['Harbour handbook', `text of ${n}`]),
      pages(6, (n) => [`Chapter ${n}`, `text of ${n} that is `.repeat(9)]),
      pages(6, () => ['the same on all of them']),
      pages(6, (n) => [`text of ${n}`.repeat(20), `On page ${n} the code is ${n}.`]),
    ]) {
      expect(withoutRunningText(kept)).toEqual(kept);
    }
  });
});
