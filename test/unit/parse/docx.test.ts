import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../lib/parse/parse.ts';
import { docxOf, documentOf, footnotes, listItem, paragraph, table } from '../../fixtures/docx.ts';
import { zipOf } from '../../fixtures/zip.ts';
import { kindsAndTexts } from './parsing.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

async function blocksOf(body: string) {
  return kindsAndTexts((await parseDocument(docxOf(body), docx)).blocks);
}

describe('Word documents', () => {
  it('have their paragraphs under their headings, by the styles’ names in any language of Word', async () => {
    const { title, blocks } = await parseDocument(
      docxOf(
        paragraph('Harbour &amp; lights', 'Titel') +
          paragraph('Lights', 'berschrift1') +
          paragraph('Lit at  dusk.') +
          paragraph('Rules', 'berschrift2') +
          paragraph('No open fire &lt;ever&gt;.'),
      ),
      docx,
    );
    expect(title).toBe('Harbour & lights');
    expect(blocks).toEqual([
      { kind: 'heading', text: 'Harbour & lights', headings: ['Harbour & lights'] },
      { kind: 'heading', text: 'Lights', headings: ['Lights'] },
      { kind: 'text', text: 'Lit at dusk.', headings: ['Lights'] },
      { kind: 'heading', text: 'Rules', headings: ['Lights', 'Rules'] },
      { kind: 'text', text: 'No open fire <ever>.', headings: ['Lights', 'Rules'] },
    ]);
  });

  it('take their title from their properties first', async () => {
    const bytes = docxOf(paragraph('Heading', 'berschrift1'), { title: 'Ports &amp; more' });
    expect((await parseDocument(bytes, docx)).title).toBe('Ports & more');
  });

  it('keep lists, tables and footnotes and leave out the table of contents', async () => {
    const { reference, file } = footnotes('Since 1870.');
    const body =
      paragraph('Lights 3', 'Verzeichnis1') +
      listItem('red', 1) +
      listItem('deep red', 1, 1) +
      listItem('first', 2) +
      listItem('second', 2) +
      table([
        ['port', 'depth'],
        ['east', '12 m'],
      ]) +
      paragraph(`Deep.</w:t></w:r>${reference}<w:r><w:t>`);
    const { blocks } = await parseDocument(docxOf(body, { more: [file] }), docx);
    expect(kindsAndTexts(blocks)).toEqual([
      ['text', '- red\n  - deep red'],
      ['text', '1. first'],
      ['text', '2. second'],
      ['table', 'port | depth\neast | 12 m'],
      ['text', 'Deep.[1]'],
      ['text', '1. Since 1870.'],
    ]);
  });

  it('have neither deleted text nor comments', async () => {
    const changed =
      '<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>';
    expect(await blocksOf(changed)).toEqual([['text', 'new']]);
  });

  it('expand no entities', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
    const bytes = zipOf([
      { name: '[Content_Types].xml', content: '<Types/>' },
      { name: 'word/document.xml', content: documentOf(paragraph('&b;')).replace('?>', `?>${bomb}`) },
    ]);
    const parse = parseDocument(bytes, docx).then(
      ({ blocks }) => blocks.map(({ text }) => text).join(''),
      (error: unknown) => String(error),
    );
    expect(await parse).not.toContain('aaaa');
  });
});

const packageFile = { name: '[Content_Types].xml', content: '<Types/>' };
const container = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
const megabyte = 1_000_000;

describe('Word documents that are none', () => {
  it.each([
    [
      'a plain archive',
      zipOf([{ name: 'a.txt', content: 'a' }]),
      'unreadable_document',
      /a ZIP archive and not a Word document/,
    ],
    [
      'a workbook',
      zipOf([packageFile, { name: 'xl/workbook.xml', content: '<workbook/>' }]),
      'unreadable_document',
      /an Excel workbook and not/,
    ],
    [
      'a presentation',
      zipOf([packageFile, { name: 'ppt/presentation.xml', content: '<p/>' }]),
      'unreadable_document',
      /a PowerPoint presentation and not/,
    ],
    ['text', Buffer.from('Dear all,'), 'unreadable_document', /is not a Word document \(\.docx\), though/],
    ['a PDF', Buffer.from('%PDF-1.7'), 'unreadable_document', /is a PDF and not a Word document/],
    ['an old one', container, 'unreadable_document', /old Office format/],
    [
      'an encrypted one',
      Buffer.concat([container, Buffer.from('EncryptedPackage', 'utf16le')]),
      'encrypted_document',
      /Remove the password/,
    ],
    [
      'half of one',
      docxOf(paragraph('x')).subarray(0, 900),
      'unreadable_document',
      /damaged and cannot be unpacked/,
    ],
    [
      'broken XML',
      zipOf([packageFile, { name: 'word/document.xml', content: '<w:document><' }]),
      'unreadable_document',
      /The Word document is damaged/,
    ],
    ['images only', docxOf(''), 'no_text', /has no text/],
  ])('fail with a reason: %s', async (_, bytes, code, message) => {
    await expect(parseDocument(bytes, docx)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ['says that it unpacks to too much', { content: 'x', claimedBytes: 300 * megabyte }],
    [
      'unpacks to too much, packed no denser than text',
      { content: randomBytes(2 * megabyte), stored: true, claimedBytes: 300 * megabyte },
    ],
    ['is packed denser than text', { content: Buffer.alloc(50 * megabyte, 'a') }],
    ['unpacks to more than it says', { content: Buffer.alloc(50 * megabyte, 'a'), claimedBytes: megabyte }],
    ['has sizes that only a larger format holds', { content: 'x', claimedBytes: 0xffffffff }],
  ])('fail before they unpack when one %s', async (_, document) => {
    const bytes = zipOf([packageFile, { name: 'word/document.xml', ...document }]);
    const before = process.memoryUsage().arrayBuffers;
    await expect(parseDocument(bytes, docx)).rejects.toMatchObject({
      code: 'too_complex',
      message: expect.stringContaining('it unpacks to far more than a document holds') as string,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * megabyte);
  });

  it('fail when they hold too many files', async () => {
    const files = Array.from({ length: 10_001 }, (_, n) => ({ name: `${n}`, content: '', stored: true }));
    await expect(parseDocument(zipOf([packageFile, ...files]), docx)).rejects.toMatchObject({
      code: 'too_complex',
      message: expect.stringContaining('too many files') as string,
    });
  });
});
