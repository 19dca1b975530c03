import type { Block, ParsedDocument } from '../../../lib/rag/ports/originals.ts';
import type { ContentType } from '../../../lib/parse/content-types.ts';
import { parseDocument } from '../../../lib/parse/parse.ts';

/** Reads a source on this thread: what the formats' tests are about is not the worker. */
export async function parsed(source: string, contentType: ContentType): Promise<ParsedDocument> {
  return await parseDocument(new TextEncoder().encode(source), contentType);
}

/** Kind and text of each block, as most tests compare them. */
export function kindsAndTexts(blocks: readonly Block[]): [Block['kind'], string][] {
  return blocks.map(({ kind, text }) => [kind, text]);
}
