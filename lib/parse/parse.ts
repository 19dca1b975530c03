import type { ParsedDocument } from '../rag/ports/originals.ts';
import type { ContentType } from './content-types.ts';
import { parseCsv } from './csv.ts';
import { decodeText } from './decode.ts';
import { parseDocx } from './docx.ts';
import { noText } from './failure.ts';
import { parseHtml } from './html.ts';
import { parseJson, parseJsonLines } from './json.ts';
import { parseMarkdown } from './markdown.ts';
import { parsePdf } from './pdf.ts';
import { parsePlainText } from './plain-text.ts';

/** Reads a document on the thread it is called on; only the worker does. Throws as `Parser.parse` does. */
export async function parseDocument(bytes: Uint8Array, contentType: ContentType): Promise<ParsedDocument> {
  const document = await readers[contentType](bytes);
  if (document.blocks.length === 0) throw noText('Put it again with the text in it.');
  return document;
}

type Reader = (bytes: Uint8Array) => ParsedDocument | Promise<ParsedDocument>;

const readers: Record<ContentType, Reader> = {
  'text/plain': (bytes) => parsePlainText(decodeText(bytes)),
  'text/markdown': (bytes) => parseMarkdown(decodeText(bytes)),
  'text/html': (bytes) => parseHtml(decodeText(bytes, 'html')),
  'application/pdf': parsePdf,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': parseDocx,
  'text/csv': (bytes) => parseCsv(decodeText(bytes)),
  'text/tab-separated-values': (bytes) => parseCsv(decodeText(bytes)),
  'application/json': (bytes) => parseJson(decodeText(bytes)),
  'application/jsonl': (bytes) => parseJsonLines(decodeText(bytes)),
  'application/x-ndjson': (bytes) => parseJsonLines(decodeText(bytes)),
};
