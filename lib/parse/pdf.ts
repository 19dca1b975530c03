import { getDocumentProxy } from 'unpdf';
import type { ParsedDocument } from '../rag/ports/originals.ts';
import { RagError } from '../rag/errors.ts';
import { noText, unreadable } from './failure.ts';
import { createOutline } from './outline.ts';
import { pageLines, type TextRun } from './pdf-lines.ts';
import { pageParagraphs } from './pdf-paragraphs.ts';
import { withoutRunningText } from './pdf-running-text.ts';
import { kindOf, mistaken } from './signature.ts';

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/**
 * PDF, page by page: lines joined to paragraphs, running headers and footers left out. Throws RagError
 * `encrypted_document`, `unreadable_document`, `no_text`.
 */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedDocument> {
  const document = await open(bytes);
  const pages: string[][] = [];
  for (let page = 1; page <= document.numPages; page += 1) {
    pages.push(await paragraphsOf(document, page));
  }
  const outline = createOutline();
  for (const [index, paragraphs] of withoutRunningText(pages).entries()) {
    for (const paragraph of paragraphs) outline.add('text', paragraph, { page: index + 1 });
  }
  if (outline.blocks.length === 0) {
    throw noText('It seems to be scanned: run text recognition (OCR) over it and put the result.');
  }
  const title = await titleOf(document);
  return { ...(title && { title }), blocks: outline.blocks };
}

async function open(bytes: Uint8Array): Promise<PdfDocument> {
  if (!isPdf(bytes)) {
    throw mistaken(bytes, 'a PDF');
  }
  try {
    // verbosity 0: the library's warnings quote the document, and would end in the log.
    return await getDocumentProxy(bytes, { verbosity: 0, useSystemFonts: false });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new RagError(
        'encrypted_document',
        'The document is protected by a password. Remove the password and put it again.',
      );
    }
    throw unreadable('The PDF is damaged and cannot be opened. Export it anew and put it again.');
  }
}

/**
 * PDF 2.0, 7.5.2, lets other bytes stand before the header, and readers look for it in the first 1,024. But an archive
 * that a PDF was put into as it is has it there too.
 */
function isPdf(bytes: Uint8Array): boolean {
  const kind = kindOf(bytes);
  return kind ? kind === 'a PDF' : Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-');
}

async function paragraphsOf(document: PdfDocument, number: number): Promise<string[]> {
  try {
    const page = await document.getPage(number);
    const content = await page.getTextContent();
    const runs = content.items.filter((item): item is typeof item & TextRun => 'str' in item);
    const paragraphs = pageParagraphs(pageLines(runs));
    page.cleanup();
    return paragraphs;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw unreadable(
      `Page ${number} of the PDF is damaged and cannot be read. Export it anew and put it again.`,
    );
  }
}

/** The title its author gave it; what programs fill in by themselves is none. */
async function titleOf(document: PdfDocument): Promise<string | undefined> {
  const metadata = await document.getMetadata().catch(() => undefined);
  const info: { Title?: unknown } = metadata?.info ?? {};
  const title = typeof info.Title === 'string' ? info.Title.replace(/[\s\0]+/g, ' ').trim() : '';
  const filled = /^(?:untitled|unbenannt|document\d*|microsoft word - .*|.*\.\w{2,5})$/i;
  return title === '' || title.length > 200 || filled.test(title) ? undefined : title;
}
