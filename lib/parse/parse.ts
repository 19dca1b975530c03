import type { ParsedDocument } from '../rag/ports.ts';
import type { ContentType } from './content-types.ts';
import { decodeText } from './decode.ts';
import { noText } from './failure.ts';
import { parseHtml } from './html.ts';
import { parseMarkdown } from './markdown.ts';
import { parsePdf } from './pdf.ts';
import { parsePlainText } from './plain-text.ts';

/** Reads a document on the thread it is called on; only the worker does. Throws as `Parser.parse` does. */
export async function parseDocument(bytes: Uint8Array, contentType: ContentType): Promise<ParsedDocument> {
  if (contentType === 'application/pdf') return await parsePdf(bytes);
  const document = readers[contentType](decodeText(bytes));
  if (document.blocks.length === 0) throw noText('Put it again with the text in it.');
  return document;
}

const readers = {
  'text/html': parseHtml,
  'text/markdown': parseMarkdown,
  'text/plain': parsePlainText,
} satisfies Record<Exclude<ContentType, 'application/pdf'>, (text: string) => ParsedDocument>;
