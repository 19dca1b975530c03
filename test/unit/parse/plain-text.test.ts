import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../lib/parse/parse.ts';
import { parsed } from './parsing.ts';

describe('plain text', () => {
  it('has a paragraph between blank lines, with its line', async () => {
    const { title, blocks } = await parsed('\uFEFFfirst\r\nline\r\n\r\n \r\nsecond\n', 'text/plain');
    expect(title).toBeUndefined();
    expect(blocks).toEqual([
      { kind: 'text', text: 'first\nline', headings: [], line: 1 },
      { kind: 'text', text: 'second', headings: [], line: 5 },
    ]);
  });

  it('keeps what is valid in broken UTF-8', async () => {
    const bytes = new Uint8Array([0x61, 0xff, 0x62]);
    const { blocks } = await parseDocument(bytes, 'text/plain');
    expect(blocks[0]!.text).toBe('a\uFFFDb');
  });

  it.each([
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0, 0x62, 0]), 'unreadable_document', /UTF-8/],
    ['a PDF', new TextEncoder().encode('%PDF-1.7\n'), 'unreadable_document', /application\/pdf/],
    ['only blank lines', new TextEncoder().encode(' \n\n\t\n'), 'no_text', /has no text/],
  ])('refuses %s with a reason', async (_, bytes, code, message) => {
    await expect(parseDocument(bytes, 'text/plain')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});
