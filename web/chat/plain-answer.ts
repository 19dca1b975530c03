import type { Source } from '../../lib/rag/types.ts';
import type { Turn } from './turn.ts';

/** An answer with the sources that it cites, as text for somewhere else. */
export function toPlainAnswer({ text, sources, end }: Turn): string {
  const cited = sources.filter(({ n }) => end?.citations.includes(n));
  if (cited.length === 0) return text;
  return `${text.trimEnd()}\n\nSources:\n${cited.map((source) => `[${source.n}] ${nameOf(source)}`).join('\n')}\n`;
}

function nameOf(source: Source): string {
  const place = placeOf(source);
  const name = [source.title, ...(place === '' ? [] : [place])].join(', ');
  return `${name} (${addressOf(source.uri) ?? source.document})`;
}

/** Where in its document a source stands: headings, then page or line. */
export function placeOf({
  title,
  headings,
  page,
  line,
}: Pick<Source, 'title' | 'headings' | 'page' | 'line'>): string {
  // The title is most often the outermost heading.
  const path = headings[0] === title ? headings.slice(1) : headings;
  const number = page === undefined ? line !== undefined && `line ${line}` : `page ${page}`;
  return [path.join(' › '), number].filter(Boolean).join(', ');
}

/** The address of a document where a browser can go there; most have only that of their object. */
export function addressOf(uri: string): string | undefined {
  return /^https?:\/\//i.test(uri) && URL.canParse(uri) ? uri : undefined;
}
