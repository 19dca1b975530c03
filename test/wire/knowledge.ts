import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { rowKey, toItem, toRows } from '../../lib/dynamodb/posting-rows.ts';

/** An item in DynamoDB's own notation. */
export type Item = Record<string, AttributeValue>;

/** The scope that the API asks in when a body names no collection. */
export const scope = 'default/main';

const version = 'v1';

/** A chunk as the vector index returns it (its projection and the table's keys). */
export function chunkItem(document: string, number: number, text: string): Item {
  return marshall({
    pk: `${scope}#chunk#${document}`,
    sk: `${version}#${String(number).padStart(6, '0')}`,
    scope,
    document,
    version,
    number,
    title: `Title of ${document}`,
    text,
    headings: ['Handbook', `Part ${number}`],
    page: number + 1,
  });
}

/** A term's postings in a document, as keyword search reads them. */
export function postingItems(term: string, document: string, numbers: readonly number[]): Item[] {
  const postings = numbers.map((number) => ({ number, impact: 200 - number }));
  return toRows(term, postings).map(({ name, postings: packed }) =>
    toItem(rowKey({ scope, document, version, block: 0 }, name), packed, 1),
  );
}

/** How many passages hold a term, counted just now. */
export function figureItem(term: string, holding: number): Item {
  return marshall({ pk: `${scope}#figures`, sk: `#${term}`, holding, claimedAt: Date.now() });
}

/** A document's record that is ready, at the version of its chunks. */
export function documentItem(id: string): Item {
  return marshall({
    pk: `${scope}#document`,
    sk: id,
    recentScope: scope,
    state: 'ready',
    revision: 1,
    version,
    title: `Title of ${id}`,
    uri: `s3://raglan-documents/${scope}/${id}`,
    contentType: 'text/markdown',
    size: 10_000,
    chunks: 4,
    chunksDone: 4,
    attempts: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  });
}
