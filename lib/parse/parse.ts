import type { Block, ParsedDocument } from '../rag/ports/originals.ts';
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

/** Characters of a title at most: longer ones are text by accident. */
const longestTitle = 200;

/**
 * Reads a document on the thread it is called on; only the worker does. All of its text is well-formed. Throws as
 * `Parser.parse` does.
 */
export async function parseDocument(bytes: Uint8Array, contentType: ContentType): Promise<ParsedDocument> {
  const { title, blocks } = await readers[contentType](bytes);
  if (blocks.length === 0) throw noText('Put it again with the text in it.');
  return {
    // The cut may go through a pair of surrogates.
    ...(title !== undefined && { title: title.slice(0, longestTitle).toWellFormed() }),
    blocks: blocks.map(wellFormed),
  };
}

/** Half a surrogate pair, which escapes and references can name, is no character: neither models nor tables take it. */
function wellFormed({ text, headings, ...place }: Block): Block {
  return { text: text.toWellFormed(), headings: headings.map((heading) => heading.toWellFormed()), ...place };
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
