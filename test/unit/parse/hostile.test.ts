import { describe, expect, it } from 'vitest';
import { createParser } from '../../../lib/parse/parser.ts';
import { docxOf, paragraph } from '../../fixtures/docx.ts';
import { zipOf } from '../../fixtures/zip.ts';

const never = new AbortController().signal;

async function parse(source: string | Uint8Array, contentType: string) {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  return await createParser().parse({ bytes, contentType }, { signal: never });
}

describe('a line of ten million characters', () => {
  const words = 'some words. '.repeat(833_334).trim();

  it.each([
    ['text/plain', words],
    ['text/markdown', words],
    ['text/html', `<p>${words}</p>`],
    ['text/csv', words],
    ['application/json', JSON.stringify({ words })],
    ['application/jsonl', JSON.stringify({ words })],
  ])('is read whole as %s', async (contentType, source) => {
    const { passages } = await parse(source, contentType);
    const text = passages.map((passage) => passage.text).join(' ');
    expect(text.replace(/^words: /, '') === words).toBe(true);
  });
});

describe('a document that is hostile', () => {
  const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  const tooDeep = /nested too deeply/;

  it.each<[string, string | Uint8Array, string, string, RegExp]>([
    ['nested elements', `${'<div>'.repeat(100_000)}x`, 'text/html', 'too_complex', tooDeep],
    ['nested lists', `${'<ul><li>'.repeat(50_000)}x`, 'text/html', 'too_complex', tooDeep],
    ['nested quotations', `${'>'.repeat(20_000)} x`, 'text/markdown', 'too_complex', tooDeep],
    ['nested values', '['.repeat(1_000_000), 'application/json', 'unreadable_document', /not valid JSON/],
    [
      'nested values on a line',
      `${'['.repeat(9999)}1${']'.repeat(9999)}`,
      'application/jsonl',
      'too_complex',
      tooDeep,
    ],
    [
      'nested tables of a Word document',
      docxOf(
        `${'<w:tbl><w:tr><w:tc>'.repeat(20_000)}${paragraph('x')}${'</w:tc></w:tr></w:tbl>'.repeat(20_000)}`,
      ),
      docx,
      'too_complex',
      tooDeep,
    ],
    [
      'a PDF in an archive, called a PDF',
      zipOf([{ name: 'a.pdf', content: '%PDF-1.7', stored: true }]),
      'application/pdf',
      'unreadable_document',
      /is a ZIP archive .* and not a PDF/,
    ],
    [
      'text called a PDF',
      'Dear all,',
      'application/pdf',
      'unreadable_document',
      /is not a PDF, though its content type says so/,
    ],
    ['a PDF called text', '%PDF-1.7 ', 'text/plain', 'unreadable_document', /is a PDF and not text/],
    ['nothing at all', '', docx, 'unreadable_document', /is empty/],
  ])('fails with a reason: %s', async (_, source, contentType, code, message) => {
    await expect(parse(source, contentType)).rejects.toMatchObject({
      code,
      status: 422,
      message: expect.stringMatching(message) as string,
    });
  });
});
