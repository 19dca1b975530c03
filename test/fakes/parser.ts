import type { Parser } from '../../lib/rag/ports/originals.ts';
import { RagError } from '../../lib/rag/errors.ts';
import type { Calls } from './calls.ts';

/** Reads text: a passage a paragraph, each under a heading of its own. `BROKEN` cannot be read. */
export function createFakeParser(calls: Calls): Parser {
  return {
    contentTypes: new Set(['text/plain']),
    parse: ({ bytes, contentType }, { signal }) =>
      calls.take('parse', { contentType }, signal, () => {
        const text = new TextDecoder().decode(bytes);
        if (text.includes('BROKEN')) throw new RagError('unreadable_document', 'The document is damaged.');
        const paragraphs = text.split('\n\n').filter((paragraph) => paragraph.trim() !== '');
        return {
          title: `Title of ${paragraphs[0] ?? ''}`,
          passages: paragraphs.map((paragraph, at) => ({
            number: at,
            text: paragraph,
            headings: [`Part ${at + 1}`],
            page: at + 1,
          })),
        };
      }),
  };
}
