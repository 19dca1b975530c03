import { RagError } from '../rag/errors.ts';
import { unreadable } from './failure.ts';

/** What files start with that are no text, and what they are called in a sentence. */
const signatures: readonly (readonly [prefix: string, name: string])[] = [
  ['%PDF-', 'a PDF'],
  ['PK\x03\x04', 'a ZIP archive (Word, Excel and PowerPoint files are such)'],
  ['PK\x05\x06', 'an empty ZIP archive'],
  ['\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1', 'a file of an old Office format (.doc, .xls, .ppt)'],
  ['{\\rtf', 'an RTF document'],
  ['\x89PNG', 'a PNG image'],
  ['\xFF\xD8\xFF', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['\x1F\x8B', 'a gzip archive'],
  ['7z\xBC\xAF', 'a 7-Zip archive'],
  ['Rar!\x1A', 'a RAR archive'],
];

/** What the bytes are by the signature they start with, as in "the file is …"; undefined if it is none of those known. */
export function kindOf(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  return signatures.find(([prefix]) => start.startsWith(prefix))?.[1];
}

/** The failure of a document that is not what its content type says. `expected` is as in "and not …". */
export function mistaken(bytes: Uint8Array, expected: string): RagError {
  const kind = kindOf(bytes);
  return unreadable(
    kind
      ? `The document is ${kind} and not ${expected}, as its content type says. Put it again with its own content type, ` +
          'or converted to one that can be read.'
      : `The document is not ${expected}, though its content type says so. Put it again with its own.`,
  );
}
