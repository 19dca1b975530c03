import { unreadable } from './failure.ts';
import { kindOf, mistaken } from './signature.ts';

/**
 * Bytes to text with `\n` for every line end. A byte order mark decides on the encoding, else UTF-8 if the bytes are
 * that, else what an HTML page declares, else Windows-1252, which old files without a name for theirs mostly are. Throws
 * RagError `unreadable_document` for bytes that are no text at all.
 */
export function decodeText(bytes: Uint8Array, format: 'html' | 'other' = 'other'): string {
  if (kindOf(bytes)) throw mistaken(bytes, 'text');
  const encoding = markedEncoding(bytes);
  // Only UTF-16 has zero bytes in text; archives and images have them early.
  if (encoding === 'utf-8' && bytes.includes(0)) {
    throw unreadable(
      'The document is not text in an encoding that is known. Save it as UTF-8 and put it again.',
    );
  }
  const text = encoding === 'utf-8' ? decodeUnmarked(bytes, format) : decode(bytes, encoding);
  return text.replace(/\r\n?/g, '\n');
}

function markedEncoding(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function decodeUnmarked(bytes: Uint8Array, format: 'html' | 'other'): string {
  const declared = format === 'html' ? declaredEncoding(bytes) : undefined;
  const valid = validUtf8(bytes);
  // Bytes that are right as UTF-8 beyond ASCII are no accident: then it is the declaration that is wrong.
  if (valid !== undefined && (!declared || beyondAscii.test(valid))) return valid;
  if (declared) return decode(bytes, declared);
  const text = decode(bytes, 'utf-8');
  // A few bad bytes in a long text do not make another encoding of all the rest.
  const right = count(text, /[^\0-\x7f\uFFFD]/gu);
  return right > count(text, /\uFFFD/g) ? text : decode(bytes, 'windows-1252');
}

const beyondAscii = /[^\0-\x7f]/;

function validUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What the first kilobyte of a page says of itself, if it is an encoding that is known. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = decode(bytes.subarray(0, 1024), 'windows-1252');
  const label = /<(?:meta\s[^>]*?charset|\?xml\s[^>]*?encoding)\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1];
  try {
    const { encoding } = new TextDecoder(label);
    // A page that could say so in ASCII is not in UTF-16, whatever it says.
    return encoding.startsWith('utf-') ? undefined : encoding;
  } catch {
    return undefined;
  }
}

function decode(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes);
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found += 1;
  return found;
}
