import { describe, expect, it } from 'vitest';
import { kindsAndTexts, parsed } from './parsing.ts';

async function texts(source: string): Promise<string[]> {
  return (await parsed(source, 'text/markdown')).blocks.map((block) => block.text);
}

describe('Markdown', () => {
  it('puts every block under its headings, with its line', async () => {
    const { title, blocks } = await parsed(
      '# Manual\n\nIntro.\n\n## Start\n\nRun it.\n\n### Ports\nAll of them.\n\n## Stop\n\nKill it.\n',
      'text/markdown',
    );
    expect(title).toBe('Manual');
    expect(blocks).toEqual([
      { kind: 'heading', text: 'Manual', headings: ['Manual'], line: 1 },
      { kind: 'text', text: 'Intro.', headings: ['Manual'], line: 3 },
      { kind: 'heading', text: 'Start', headings: ['Manual', 'Start'], line: 5 },
      { kind: 'text', text: 'Run it.', headings: ['Manual', 'Start'], line: 7 },
      { kind: 'heading', text: 'Ports', headings: ['Manual', 'Start', 'Ports'], line: 9 },
      { kind: 'text', text: 'All of them.', headings: ['Manual', 'Start', 'Ports'], line: 10 },
      { kind: 'heading', text: 'Stop', headings: ['Manual', 'Stop'], line: 12 },
      { kind: 'text', text: 'Kill it.', headings: ['Manual', 'Stop'], line: 14 },
    ]);
  });

  it('takes the title from the front matter, drops the rest of it and counts its lines', async () => {
    const { title, blocks } = await parsed(
      '---\ntitle: "The *real* title"\nauthor: somebody\n---\n# Heading\n\nText.\n',
      'text/markdown',
    );
    expect(title).toBe('The *real* title');
    expect(blocks.map(({ text, line }) => [text, line])).toEqual([
      ['Heading', 5],
      ['Text.', 7],
    ]);
  });

  it('does not take a rule of dashes for front matter', async () => {
    expect(await texts('---\n\nbetween rules\n\n---\n\nafter\n')).toEqual(['between rules', 'after']);
  });

  it('keeps the words of links, images, code and entities, and drops targets, marks and comments', async () => {
    expect(
      await texts(
        'See [the *guide*](https://example.com/secret) and ![a chart](x.png), run `a &amp; b`,\n' +
          'then AT&amp;T<br>again <!-- hidden --> <b>bold</b> 1 \\* 2.\n\n<!-- block\n\ncomment -->\n\n[ref]: https://example.com/ref\n',
      ),
    ).toEqual(['See the guide and a chart, run a &amp; b,\nthen AT&T\nagain  bold 1 * 2.']);
  });

  it('keeps a list item whole, with what is nested in it', async () => {
    const { blocks } = await parsed(
      '- one\n  - deep\n    deeper\n\n  second paragraph\n- [x] two\n\n3. three\n4. four\n   ```\n   run\n   ```\n',
      'text/markdown',
    );
    expect(blocks.map(({ text, line }) => [text, line])).toEqual([
      ['- one\n  - deep\n    deeper\n  second paragraph', 1],
      ['- [x] two', 6],
      ['3. three', 8],
      ['4. four\n  run', 9],
    ]);
  });

  it('keeps code as it is and tables row by row, header first', async () => {
    const { blocks } = await parsed(
      'Text\n\n```ts\nconst a = `1`;\n\n  <b>&amp;\n```\n\n| a | b |\n|---|:-:|\n| [1](x) | `2` |\n| 3 | |\n',
      'text/markdown',
    );
    expect(blocks.slice(1)).toEqual([
      { kind: 'code', text: 'const a = `1`;\n\n  <b>&amp;', headings: [], line: 4 },
      { kind: 'table', text: 'a | b\n1 | 2\n3 | ', headings: [], line: 9 },
    ]);
  });

  it('reads HTML in it, headings included, without scripts', async () => {
    const { title, blocks } = await parsed(
      '<h1 align="center">Raglan</h1>\n\n<div>badge <img src="x" alt="build"></div>\n\n<script>\n\nalert(1)\n</script>\n\nText.\n',
      'text/markdown',
    );
    expect(title).toBe('Raglan');
    expect(blocks).toEqual([
      { kind: 'heading', text: 'Raglan', headings: ['Raglan'], line: 1 },
      { kind: 'text', text: 'badge build', headings: ['Raglan'], line: 3 },
      { kind: 'text', text: 'Text.', headings: ['Raglan'], line: 10 },
    ]);
  });

  it('reads quotations as text, whose headings are not the document’s', async () => {
    const { blocks } = await parsed('# A\n\n> # Said\n> words\n\nafter\n', 'text/markdown');
    expect(blocks.map(({ kind, text, headings, line }) => [kind, text, headings, line])).toEqual([
      ['heading', 'A', ['A'], 1],
      ['text', 'Said', ['A'], 3],
      ['text', 'words', ['A'], 4],
      ['text', 'after', ['A'], 6],
    ]);
  });

  it('takes a paragraph above a rule of dashes for text when it is too long for a heading', async () => {
    const long = 'word '.repeat(60).trim();
    const { title, blocks } = await parsed(`${long}\n===\n\nafter\n`, 'text/markdown');
    expect(title).toBeUndefined();
    expect(kindsAndTexts(blocks)).toEqual([
      ['text', long],
      ['text', 'after'],
    ]);
    expect(blocks[1]!.headings).toEqual([]);
  });

  it('makes paragraphs of a line that no one wrote by hand, and keeps every word and the lines after it', async () => {
    const words = Array.from({ length: 20_000 }, (_, n) => `word${n}`).join(' ');
    const { blocks } = await parsed(
      `# A\n\n${words}\n\n## B\n\n\`\`\`\n${words}\n\`\`\`\n\nend\n`,
      'text/markdown',
    );
    const under = (heading: string) => blocks.filter((block) => block.headings.at(-1) === heading);
    const text = under('A').filter((block) => block.kind === 'text');
    expect(text.map((block) => block.text).join(' ')).toBe(words);
    expect(new Set(text.map((block) => block.line))).toEqual(new Set([3]));
    expect(under('B').map(({ kind, line }) => [kind, line])).toEqual([
      ['heading', 5],
      ['code', 8],
      ['text', 11],
    ]);
  });

  it('leaves out files that are embedded', async () => {
    const image = `data:image/png;base64,${'iVBORw0KGgo='.repeat(10_000)}`;
    expect(await texts(`See ![the chart](${image} "t") here.\n`)).toEqual(['See the chart here.']);
  });
});
