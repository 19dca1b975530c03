import { unreadable } from './failure.ts';

/**
 * UTF-8 to text: a byte order mark is dropped, line ends become `\n`, invalid sequences replacement characters. Throws
 * RagError `unreadable_document` for bytes that are no text at all.
 */
export function decodeText(bytes: Uint8Array): string {
  if (startsWith(bytes, '%PDF-')) {
    throw unreadable('The document is a PDF. Put it again with the content type application/pdf.');
  }
  // No text in UTF-8 has a zero byte; UTF-16, archives and images have them early.
  if (bytes.includes(0)) {
    throw unreadable('The document is not text in UTF-8. Save it as UTF-8 and put it again.');
  }
  return new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n');
}

function startsWith(bytes: Uint8Array, prefix: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, prefix.length)) === prefix;
}
