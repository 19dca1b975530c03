import type { Source } from '../../rag/types.ts';

/** A citation in an answer's text, as OpenAI's clients know it from web search. */
export interface Annotation {
  type: 'url_citation';
  /** `text.slice(start_index, end_index)` is the marker: UTF-16 units, the end is not included. */
  url_citation: { start_index: number; end_index: number; url: string; title: string };
}

/** A marker as our answers hold it: `[3]` or `[1, 4]`. */
const marker = /\[(\d{1,4}(?:, \d{1,4})*)\]/g;

/** Every citation of a whole answer, in the order of its text. */
export function annotationsOf(text: string, sources: readonly Source[]): Annotation[] {
  const byNumber = new Map(sources.map((source) => [source.n, source]));
  return Array.from(text.matchAll(marker)).flatMap(({ 0: whole, 1: numbers = '', index }) =>
    numbers.split(', ').flatMap((n): Annotation[] => {
      const source = byNumber.get(Number(n));
      if (!source) return [];
      const place = { start_index: index, end_index: index + whole.length };
      return [{ type: 'url_citation', url_citation: { ...place, url: source.uri, title: source.title } }];
    }),
  );
}

/** The cited sources as the end of an answer's text, in Markdown; nothing where none is cited. */
export function sourceList(sources: readonly Source[], citations: readonly number[]): string {
  const cited = sources.filter(({ n }) => citations.includes(n));
  if (cited.length === 0) return '';
  const lines = cited.map(({ n, title, page, uri }) => {
    const where = page === undefined ? '' : `, page ${page}`;
    return `- [${n}] ${title.replaceAll(/\s+/g, ' ')}${where}: ${uri}`;
  });
  return `\n\nSources:\n${lines.join('\n')}`;
}
