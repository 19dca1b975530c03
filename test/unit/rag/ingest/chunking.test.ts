import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkBlocks, chunkCharacters, embeddedText } from '../../../../lib/rag/ingest/chunking.ts';
import type { Block } from '../../../../lib/rag/ports/originals.ts';

function text(content: string, more: Partial<Block> = {}): Block {
  return { kind: 'text', text: content, headings: [], ...more };
}

/** Sentences that tell themselves apart, about `characters` long together. */
function prose(characters: number): string {
  let all = '';
  for (let n = 1; all.length < characters; n += 1) all += `Sentence number ${n} stands here. `;
  return all.trimEnd();
}

describe('chunkBlocks', () => {
  it('joins small neighbours under one heading and numbers chunks from 0', () => {
    const blocks = ['one', 'two', 'three'].map((word, index) =>
      text(word, { headings: ['A'], line: index * 2 + 1 }),
    );
    expect(chunkBlocks(blocks)).toEqual([
      { number: 0, headings: ['A'], line: 1, text: 'one\n\ntwo\n\nthree' },
    ]);
  });

  it('joins items of a list line by line', () => {
    const [chunk] = chunkBlocks([text('You need:'), text('- flour'), text('- water'), text('Mix both.')]);
    expect(chunk!.text).toBe('You need:\n\n- flour\n- water\n\nMix both.');
  });

  it('never puts text under two headings into one chunk, nor a heading into the text it is above', () => {
    const chunks = chunkBlocks([
      { kind: 'heading', text: 'A', headings: ['A'] },
      text('about a', { headings: ['A'] }),
      { kind: 'heading', text: 'B', headings: ['A', 'B'] },
      text('about b', { headings: ['A', 'B'] }),
    ]);
    expect(chunks.map(({ headings, text }) => [headings, text])).toEqual([
      [['A'], 'about a'],
      [['A', 'B'], 'about b'],
    ]);
  });

  it('keeps a heading without anything below it as text under the headings above', () => {
    const chunks = chunkBlocks([
      { kind: 'heading', text: 'Changes', headings: ['Changes'] },
      { kind: 'heading', text: '1.1 (nothing)', headings: ['Changes', '1.1 (nothing)'] },
      { kind: 'heading', text: '1.0', headings: ['Changes', '1.0'] },
      text('first release', { headings: ['Changes', '1.0'] }),
      { kind: 'heading', text: 'End', headings: ['End'] },
    ]);
    expect(chunks.map(({ headings, text }) => [headings, text])).toEqual([
      [['Changes'], '1.1 (nothing)'],
      [['Changes', '1.0'], 'first release'],
      [[], 'End'],
    ]);
  });

  it('cuts at every page, so that a chunk is on the page it names', () => {
    const chunks = chunkBlocks([
      text('end of six', { page: 6 }),
      text('seven', { page: 7 }),
      text('too', { page: 7 }),
    ]);
    expect(chunks.map(({ page, text }) => [page, text])).toEqual([
      [6, 'end of six'],
      [7, 'seven\n\ntoo'],
    ]);
  });

  it('cuts a long paragraph between sentences, in order and without loss', () => {
    const long = prose(5000);
    const chunks = chunkBlocks([text(long)]);
    expect(chunks.length).toBeGreaterThanOrEqual(5);
    for (const chunk of chunks) {
      expect(chunk.text.length).toBeLessThanOrEqual(chunkCharacters.max);
      expect(chunk.text).toMatch(/^Sentence .*\.$/);
    }
    expect(chunks.map((chunk) => chunk.text).join(' ')).toBe(long);
  });

  it('does not take a wrapped line for the end of a sentence, and counts lines on', () => {
    const lines = Array.from(
      { length: 60 },
      (_, n) => `On line ${n + 10} it goes on,\nand only here ${n} it ends.`,
    );
    const chunks = chunkBlocks([text(lines.join('\n'), { line: 10 })]);
    expect(chunks.length).toBeGreaterThan(2);
    for (const chunk of chunks) {
      const first = Number(/^On line (\d+)/.exec(chunk.text)![1]) - 10;
      expect(chunk.line).toBe(10 + first * 2);
    }
  });

  it('keeps a paragraph whole that is little longer than a chunk should be', () => {
    const long = prose(1150).slice(0, chunkCharacters.max);
    expect(chunkBlocks([text(long)]).map((chunk) => chunk.text)).toEqual([long]);
  });

  it('gives the short rest of a cut paragraph to the paragraph after it', () => {
    const chunks = chunkBlocks([text(prose(chunkCharacters.max + 60)), text('And then this.')]);
    expect(chunks).toHaveLength(2);
    expect(chunks[1]!.text).toMatch(/^Sentence .*\n\nAnd then this\.$/s);
  });

  it('cuts code between lines with their indentation, and counts them', () => {
    const code = Array.from({ length: 120 }, (_, n) => `  statement(${n});`).join('\n');
    const chunks = chunkBlocks([{ kind: 'code', text: code, headings: [], line: 5 }]);
    expect(chunks.length).toBeGreaterThan(1);
    for (const chunk of chunks) {
      const first = Number(/^ {2}statement\((\d+)\);/.exec(chunk.text)![1]);
      expect(chunk.line).toBe(5 + first);
    }
    expect(chunks.map((chunk) => chunk.text).join('\n')).toBe(code);
  });

  it('repeats the header of a table above each part of it', () => {
    const rows = Array.from({ length: 80 }, (_, n) => `key ${n} | what the value of number ${n} says`);
    const chunks = chunkBlocks([
      { kind: 'table', text: ['name | meaning', ...rows].join('\n'), headings: [], line: 1 },
    ]);
    expect(chunks.length).toBeGreaterThan(2);
    const found = chunks.flatMap((chunk) => {
      const [header, ...part] = chunk.text.split('\n');
      expect(header).toBe('name | meaning');
      return part;
    });
    expect(found).toEqual(rows);
    const second = chunks[1]!;
    expect(second.line).toBe(3 + Number(/key (\d+)/.exec(second.text)![1]));
  });

  it('never cuts a character in two', () => {
    const chunks = chunkBlocks([text(`a${'😀'.repeat(3000)}`)]);
    expect(chunks.length).toBeGreaterThan(4);
    for (const chunk of chunks) expect(chunk.text.isWellFormed()).toBe(true);
  });

  it('keeps order, size and every character, whatever it gets', () => {
    const block = fc.record({
      kind: fc.constantFrom('text' as const, 'code' as const),
      text: fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc
          .array(fc.lorem({ mode: 'sentences', maxCount: 6 }), { maxLength: 12 })
          .map((parts) => parts.join('\n')),
        fc.nat(4000).map((length) => `a${'😀'.repeat(length)}`),
      ),
      headings: fc.constantFrom(['A'], ['A', 'B'], ['C']),
      page: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        const chunks = chunkBlocks(blocks);
        const all = (parts: readonly { text: string }[]): string =>
          parts.map((part) => part.text.replace(/\s/g, '')).join('');
        expect(all(chunks)).toBe(all(blocks));
        expect(chunks.map((chunk) => chunk.number)).toEqual([...chunks.keys()]);
        for (const chunk of chunks) {
          expect(chunk.text.length).toBeLessThanOrEqual(chunkCharacters.max);
          expect(chunk.text.trim()).not.toBe('');
          expect(chunk.text.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['letters', 'a'.repeat(10_000_000)],
    ['spaces', ' '.repeat(10_000_000)],
    ['short lines', 'a\n'.repeat(5_000_000)],
    ['sentences', 'A b. '.repeat(2_000_000)],
  ])('takes linear time for 10 MB of %s', (_, content) => {
    const startedMs = performance.now();
    for (const kind of ['text', 'code', 'table'] as const)
      chunkBlocks([{ kind, text: content, headings: [] }]);
    // About half a second; anything worse than linear would take hours.
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });
});

describe('embeddedText', () => {
  it('names title and headings above the text, each once', () => {
    const chunk = { title: 'Manual', headings: ['Manual', 'Ports', 'TCP'], text: 'It is 3000.' };
    expect(embeddedText(chunk)).toBe('Manual > Ports > TCP\nIt is 3000.');
    expect(embeddedText({ title: '', headings: [], text: 'bare' })).toBe('bare');
  });
});
