import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../lib/parse/decode.ts';
import { parseDocument } from '../../../lib/parse/parse.ts';
import { docxOf, paragraph } from '../../fixtures/docx.ts';

function latin(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function utf16(text: string, order: 'le' | 'be'): Uint8Array {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return new Uint8Array(order === 'le' ? bytes : bytes.swap16());
}

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from('Größe €')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFGröße €')],
    ['UTF-16, little end first', utf16('Größe €', 'le')],
    ['UTF-16, big end first', utf16('Größe €', 'be')],
    ['Windows-1252', latin('Gr\xF6\xDFe \x80')],
  ])('reads %s', (_, bytes) => {
    expect(decodeText(bytes)).toBe('Größe €');
  });

  it('has one kind of line end', () => {
    expect(decodeText(utf16('a\r\nb\rc\nd', 'be'))).toBe('a\nb\nc\nd');
  });

  it('does not give up a long text for a few bad bytes', () => {
    const bytes = Buffer.concat([
      Buffer.from('Größe und Länge '),
      Buffer.from([0xff]),
      Buffer.from(' übrig'),
    ]);
    expect(decodeText(bytes)).toBe('Größe und Länge \uFFFD übrig');
  });

  it.each([
    ['<meta charset=iso-8859-2>', '\xB1', 'ą'],
    ['<META http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', '\x83\x65', 'テ'],
    ['<?xml version="1.0" encoding="koi8-r"?>', '\xC1', 'а'],
    // Nobody knows this one: as without a name.
    ['<meta charset="x-none">', '\xE9', 'é'],
  ])('believes a page that says %s', (head, bytes, text) => {
    expect(decodeText(latin(`<html>${head}<p>${bytes}`), 'html')).toBe(`<html>${head}<p>${text}`);
  });

  it('believes no page whose bytes say otherwise, and no text at all', () => {
    const page = '<meta charset="iso-8859-1"><p>Größe';
    expect(decodeText(Buffer.from(page), 'html')).toBe(page);
    expect(decodeText(latin('<meta charset="iso-8859-2">\xB1'))).toContain('±');
    expect(decodeText(Buffer.from('<meta charset="utf-16"><p>x'), 'html')).toContain('<p>x');
  });
});

describe('files that are no text', () => {
  it.each([
    ['a PDF', Buffer.from('%PDF-1.7\n'), /is a PDF and not text/],
    [
      'a Word document',
      docxOf(paragraph('x')),
      /is a ZIP archive \(Word, Excel and PowerPoint files are such\) and not text/,
    ],
    ['a PNG', latin('\x89PNG\r\n\x1A\n\0\0'), /is a PNG image and not text/],
    ['a JPEG', latin('\xFF\xD8\xFF\xE0\0'), /is a JPEG image/],
    ['gzip', latin('\x1F\x8B\x08\0'), /is a gzip archive/],
    ['RTF', Buffer.from('{\\rtf1 text}'), /is an RTF document/],
    ['zero bytes', latin('abc\0def'), /is not text in an encoding that is known\. Save it as UTF-8/],
  ])('fail with a reason under every type of text: %s', async (_, bytes, message) => {
    for (const contentType of [
      'text/plain',
      'text/markdown',
      'text/html',
      'text/csv',
      'application/json',
      'application/jsonl',
    ] as const) {
      await expect(parseDocument(bytes, contentType)).rejects.toMatchObject({
        code: 'unreadable_document',
        status: 422,
        message: expect.stringMatching(message) as string,
      });
    }
  });
});
