import type { ContentType } from '../../lib/parse/content-types.ts';
import { parseDocument } from '../../lib/parse/parse.ts';
import { chunkBlocks } from '../../lib/rag/ingest/chunking.ts';
import type { Parser } from '../../lib/rag/ports/originals.ts';

/**
 * The deployed parser without its thread, in the place of `lib/parse/parser.ts`: a thread for each of the hundreds of
 * runs would take most of the time of a test that is about what is stored.
 */
export function createParser(): Parser {
  return {
    contentTypes: new Set(['text/markdown']),
    parse: async ({ bytes, contentType }) => {
      const { blocks, ...document } = await parseDocument(bytes, contentType as ContentType);
      return { ...document, passages: chunkBlocks(blocks) };
    },
  };
}
