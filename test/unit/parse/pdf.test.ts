import { describe, expect, it } from 'vitest';
import { parsePdf } from '../../../lib/parse/pdf.ts';
import {
  brokenPdf,
  encryptedPdf,
  handbookPdf,
  protectedFromChangePdf,
  scannedPdf,
} from '../../fixtures/pdf.ts';

describe('PDF', () => {
  it('has the paragraphs of every page with the page they are on', async () => {
    const long = (page: number): string =>
      `Page ${page} tells about harbour number ${page}. `.repeat(6).trim();
    const bytes = await handbookPdf({
      pages: 9,
      textOf: (page) => `${long(page)}\n\nThe word of page ${page} is zebra${page}.`,
      title: 'Harbours',
    });
    const { title, blocks } = await parsePdf(bytes);
    expect(title).toBe('Harbours');
    expect(blocks).toEqual(
      Array.from({ length: 9 }, (_, index) => index + 1).flatMap((page) => [
        { kind: 'text', text: long(page), headings: [], page },
        { kind: 'text', text: `The word of page ${page} is zebra${page}.`, headings: [], page },
      ]),
    );
  });

  it.each(['Microsoft Word - report', 'report.docx', ' ', 'untitled'])(
    'does not take %j for a title',
    async (title) => {
      const bytes = await handbookPdf({ pages: 1, textOf: () => 'text', title });
      expect((await parsePdf(bytes)).title).toBeUndefined();
    },
  );

  it('reads a document that only its owner may change', async () => {
    const { blocks } = await parsePdf(await protectedFromChangePdf('Anybody may read this.'));
    expect(blocks[0]!.text).toBe('Anybody may read this.');
  });

  it.each([
    ['one with a password', encryptedPdf, 'encrypted_document', /password/],
    ['a broken one', brokenPdf, 'unreadable_document', /damaged/],
    ['one without text', scannedPdf, 'no_text', /OCR/],
    [
      'what is no PDF',
      () => new TextEncoder().encode('<!doctype html><p>Not found'),
      'unreadable_document',
      /not a PDF/,
    ],
  ])('refuses %s with a reason', async (_, create, code, message) => {
    await expect(parsePdf(await create())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses the half of one', async () => {
    const whole = await handbookPdf({ pages: 30, textOf: (page) => `text of ${page}` });
    await expect(parsePdf(whole.slice(0, 3000))).rejects.toMatchObject({ code: 'unreadable_document' });
  });
});
