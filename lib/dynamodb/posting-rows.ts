import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Posting } from '../rag/retrieve/bm25.ts';
import type { Scope } from '../rag/types.ts';
import { pack, unpack } from './packed-postings.ts';

type Item = Record<string, AttributeValue>;

/** Postings in one row: a few cost what one costs to write, and of a row of many most would be read in vain. */
const postingsInRow = 64;

/** The term that every passage holds: its postings are the corpus. */
export const everyPassage = '';

/** Passages of a version that are written and removed together. */
export interface Block {
  scope: Scope;
  document: string;
  version: string;
  /** From 0. */
  block: number;
}

/** What tells a row from the others of its block. */
export interface RowName {
  term: string;
  /** Two hexadecimal digits that are the lower the heavier the row's heaviest posting is. */
  order: string;
  /** From 0. */
  part: number;
}

/** Partition that holds a term's postings in all documents of a scope. */
export function postingPartition(scope: Scope, term: string): string {
  return `${scope}#term#${term}`;
}

/** Primary key of a row. */
export function rowKey({ scope, document, version, block }: Block, { term, order, part }: RowName): Item {
  return {
    pk: { S: postingPartition(scope, term) },
    sk: { S: `${order}#${document}#${version}#${block}.${part}` },
  };
}

/** A term's postings, heaviest first, as rows. */
export function toRows(
  term: string,
  postings: readonly Posting[],
): { name: RowName; postings: Uint8Array }[] {
  return Array.from({ length: Math.ceil(postings.length / postingsInRow) }, (_, part) => {
    const group = postings.slice(part * postingsInRow, (part + 1) * postingsInRow);
    const order = (255 - (group[0]?.impact ?? 0)).toString(16).padStart(2, '0');
    return { name: { term, order, part }, postings: pack(group) };
  });
}

/** A row as it is written. `run` is the document's revision when the run that writes it began. */
export function toItem(key: Item, postings: Uint8Array, run: number): Item {
  return { ...key, postings: { B: postings }, run: { N: String(run) } };
}

/** What is read of a row. Of a sort key's parts, none but the document can hold a `#`. */
export function fromItem(item: Item): { document: string; version: string; postings: Posting[] } {
  const sortKey = item['sk']?.S ?? '';
  const end = sortKey.lastIndexOf('#');
  const middle = sortKey.lastIndexOf('#', end - 1);
  return {
    document: sortKey.slice(sortKey.indexOf('#') + 1, middle),
    version: sortKey.slice(middle + 1, end),
    postings: unpack(item['postings']?.B ?? new Uint8Array()),
  };
}
