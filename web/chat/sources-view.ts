import type { Source } from '../../lib/rag/types.ts';
import { element, type Child } from '../shell/dom.ts';
import type { Citation } from './citations.ts';
import { targetOf } from './links.ts';
import { addressOf, placeOf } from './plain-answer.ts';

/** The sources of an answer: those that it cites, and folded away those that were read beside them. */
export function createSourcesView(
  sources: readonly Source[],
  citations: readonly number[],
  open: (citation: Citation) => void,
): HTMLElement | undefined {
  if (sources.length === 0) return undefined;
  const cited = sources.filter(({ n }) => citations.includes(n));
  const others = sources.filter(({ n }) => !citations.includes(n));
  const toList = (some: readonly Source[]) =>
    element('ol', { class: 'sources-list' }, ...some.map((source) => toItem(source, open)));
  return element(
    'section',
    { class: 'sources', 'aria-label': 'Sources' },
    cited.length > 0 && element('h3', {}, 'Sources'),
    cited.length > 0 && toList(cited),
    others.length > 0 &&
      element('details', {}, element('summary', {}, othersInWords(others, cited)), toList(others)),
  );
}

function othersInWords(others: readonly Source[], cited: readonly Source[]): string {
  const more = cited.length > 0 ? 'more ' : '';
  return others.length === 1 ? `1 ${more}passage was read` : `${others.length} ${more}passages were read`;
}

function toItem(source: Source, open: (citation: Citation) => void): HTMLElement {
  const place = placeOf(source);
  return element(
    'li',
    {},
    element('span', { class: 'number', 'aria-hidden': 'true' }, String(source.n)),
    element(
      'div',
      {},
      element(
        'button',
        {
          ...{ type: 'button', class: 'source', 'aria-label': `Source ${source.n}: ${source.title}` },
          on: { click: () => open({ source }) },
        },
        source.title,
      ),
      place !== '' && element('span', { class: 'place' }, place),
      createDocumentLink(source.uri),
      element('p', { class: 'snippet', dir: 'auto' }, source.snippet),
    ),
  );
}

/** A link to where people find a document, if a browser can go there. */
export function createDocumentLink(uri: string): Child {
  const address = addressOf(uri);
  if (address === undefined) return undefined;
  const properties = { class: 'document-link', href: address, target: '_blank', rel: 'noopener noreferrer' };
  return element('a', properties, `Open at ${targetOf(address)}`);
}
