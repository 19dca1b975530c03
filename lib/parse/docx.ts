import { RagError } from '../rag/errors.ts';
import type { ParsedDocument } from '../rag/ports/originals.ts';
import { noText, unreadable } from './failure.ts';
import { addHtml } from './html.ts';
import { decodeEntities } from './html-text.ts';
import { createOutline } from './outline.ts';
import { mistaken } from './signature.ts';
import { openZip, type Zip } from './zip.ts';

/** What the common mapping does not know: the title is one, and a table of contents is not what a document says. */
const styleMap = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name^='toc '] => !",
  "p[style-name^='TOC '] => !",
];

/**
 * A Word document: headings, lists, tables, footnotes; neither images, comments nor what was deleted. Throws RagError
 * `unreadable_document`, `encrypted_document`, `too_complex`, `no_text`.
 */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedDocument> {
  const zip = openDocx(bytes);
  const outline = createOutline();
  addHtml(await toHtml(zip), outline, {});
  if (outline.blocks.length === 0)
    throw noText('If it holds images of text, run text recognition (OCR) over it.');
  const title = titleOf(zip) ?? outline.firstTopHeading;
  return { ...(title && { title }), blocks: outline.blocks };
}

function openDocx(bytes: Uint8Array): Zip {
  if (isEncryptedOffice(bytes)) {
    throw new RagError(
      'encrypted_document',
      'The document is protected by a password. Remove the password and put it again.',
    );
  }
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== 'PK\x03\x04') {
    throw mistaken(bytes, 'a Word document (.docx)');
  }
  const zip = openZip(bytes);
  // The part that every package of Office names its main document in; a plain archive has none.
  if (zip.names.has('[Content_Types].xml') && mainPart(zip)) return zip;
  throw unreadable(
    `The document is ${packageName(zip)} and not a Word document (.docx), as its content type says. ` +
      'Convert it to a format that can be read and put that.',
  );
}

/** Office keeps a protected document in a container of its old format, in a stream of this name in UTF-16. */
function isEncryptedOffice(bytes: Uint8Array): boolean {
  const container = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return container.indexOf('d0cf11e0', 'hex') === 0 && container.includes('EncryptedPackage', 0, 'utf16le');
}

function mainPart(zip: Zip): boolean {
  return [...zip.names].some((name) => /^word\/document\d*\.xml$/.test(name));
}

function packageName(zip: Zip): string {
  if (zip.names.has('xl/workbook.xml')) return 'an Excel workbook';
  return zip.names.has('ppt/presentation.xml') ? 'a PowerPoint presentation' : 'a ZIP archive';
}

/** Arrows that lead from a footnote back to where it belongs. */
const backLinks = / ?<a href="#(?:foot|end)note-ref-[\w-]+">↑<\/a>/g;

async function toHtml(zip: Zip): Promise<string> {
  const mammoth = await loadMammoth();
  // An image would be read into the HTML as text.
  const convertImage = mammoth.images.imgElement(() => Promise.resolve({ src: '' }));
  try {
    const { value } = await mammoth.convertToHtml(
      // It takes an opened archive too, which its types do not tell: its own way would unpack whatever is in it.
      { file: fileFor(zip) } as unknown as { buffer: Buffer },
      { styleMap, convertImage, includeEmbeddedStyleMap: false },
    );
    return value.replace(backLinks, '');
  } catch (error) {
    if (error instanceof RagError || error instanceof RangeError) throw error;
    throw unreadable('The Word document is damaged and cannot be read. Save it anew and put it again.');
  }
}

/** An archive as the library reads one; images are never asked for. */
function fileFor(zip: Zip) {
  return {
    exists: (name: string): boolean => zip.names.has(name),
    read: (name: string, encoding: string): Promise<string> =>
      Promise.resolve().then(() => new TextDecoder(encoding).decode(zip.read(name))),
  };
}

/** The library is CommonJS and asks for Node's own modules by `require`, which a bundle of ES modules has none of. */
async function loadMammoth() {
  Object.assign(globalThis, { require: process.getBuiltinModule.bind(process) });
  return (await import('mammoth')).default;
}

/** The title in the document's properties. */
function titleOf(zip: Zip): string | undefined {
  if (!zip.names.has('docProps/core.xml')) return undefined;
  const properties = new TextDecoder().decode(zip.read('docProps/core.xml'));
  const title = /<dc:title>([^<]{1,1000})<\/dc:title>/.exec(properties)?.[1] ?? '';
  return decodeEntities(title).replace(/\s+/g, ' ').trim() || undefined;
}
