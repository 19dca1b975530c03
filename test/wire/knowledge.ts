import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

/** An item in DynamoDB's own notation. */
export type Item = Record<string, AttributeValue>;

/** The scope that the API asks in when a body names no collection. */
export const scope = 'default/main';

const version = 'v1';

/** A chunk as the vector index returns it (its projection and the table's keys); tags are its document's, if there are any. */
export function chunkItem(
  document: string,
  number: number,
  text: string,
  tags: readonly string[] = [],
): Item {
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
    ...(tags.length > 0 && { metadata: JSON.stringify({ tags, fields: {} }) }),
  });
}

/** The postings of a term in a document, one row of packed numbers (below 128) and weights as keyword search reads it. */
export function postingItem(term: string, document: string, numbers: readonly number[]): Item {
  const weight = 200;
  const order = (255 - weight).toString(16);
  return marshall({
    pk: `${scope}#term#${term}`,
    sk: `${order}#${document}#${version}#0.0`,
    postings: Uint8Array.from(numbers.flatMap((number) => [number, weight])),
    run: 1,
  });
}

/** How many passages hold a term, counted just now. */
export function figureItem(term: string, holding: number): Item {
  return marshall({ pk: `${scope}#figures`, sk: `#${term}`, holding, claimedAt: Date.now() });
}

/** A document as the index of recent ones returns it (its projection and the keys). */
export function recentItem(id: string): Item {
  const { pk, sk, recentScope, version, updatedAt } = documentItem(id);
  return { pk, sk, recentScope, version, updatedAt } as Item;
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
