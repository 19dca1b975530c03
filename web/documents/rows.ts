import { isUnderWay } from './describe.ts';
import { compareIds } from './document-id.ts';
import type { DocumentView, Row } from './types.ts';

/** What the panel knows of documents and files, by id. */
export interface Rows {
  /** Those put in from here as they came, then all others by id. */
  all(): Row[];
  get(id: string): Row | undefined;
  /** Changes a row or adds it; `undefined` takes a field away. A row of which nothing is left vanishes. */
  change(id: string, fields: { [Field in Exclude<keyof Row, 'id'>]?: Row[Field] | undefined }): void;
  /** What the server says of documents; whether that is news. A list may be older than what is known already. */
  take(documents: readonly DocumentView[]): boolean;
  remove(id: string): void;
}

/** Creates an empty list. `onChange` hears of every row that became another, came or vanished. */
export function createRows(onChange: (before: Row | undefined, after: Row | undefined) => void): Rows {
  const rows = new Map<string, Row>();
  const replace = (id: string, after: Row | undefined) => {
    const before = rows.get(id);
    if (after) rows.set(id, after);
    else rows.delete(id);
    if (before || after) onChange(before, after);
  };
  const change: Rows['change'] = (id, fields) => {
    const entries = Object.entries({ ...rows.get(id), ...fields });
    const row = { id, ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)) } as Row;
    replace(id, row.document || row.upload ? row : undefined);
  };
  return {
    all: () => {
      const known = Array.from(rows.values());
      const others = known.filter((row) => !row.isOurs);
      return [...known.filter((row) => row.isOurs), ...others.toSorted((a, b) => compareIds(a.id, b.id))];
    },
    get: (id) => rows.get(id),
    change,
    take: (documents) => {
      const news = documents.filter((document) => isNewer(document, rows.get(document.id)?.document));
      for (const document of news) change(document.id, { document });
      return news.length > 0;
    },
    remove: (id) => replace(id, undefined),
  };
}

/** Clocks of servers differ by so much at most, in milliseconds; a list that is read late is later than that. */
const skewMs = 1_000;

/** Whether a document as a list has it is not what is known, nor what was before that. */
function isNewer(listed: DocumentView, known: DocumentView | undefined): boolean {
  if (known === undefined) return true;
  const isOther = listed.updatedAt !== known.updatedAt;
  return isOther && Date.parse(listed.updatedAt) > Date.parse(known.updatedAt) - skewMs;
}

/** What the list comes to, in a few words: how far what was put in from here is, or else how many there are. */
export function summarise(rows: readonly Row[], { hasMore }: { hasMore: boolean }): string {
  const ours = rows.filter((row) => row.isOurs);
  if (ours.length > 0) return progressOf(ours);
  const underWay = rows.filter(isUnderWay).length;
  const reading = underWay === 0 ? '' : `, ${underWay.toLocaleString('en')} being read`;
  return `${countOf(rows.length, hasMore)}${reading}`;
}

function countOf(rows: number, hasMore: boolean): string {
  if (hasMore) return `The first ${rows.toLocaleString('en')} documents`;
  if (rows === 0) return 'No documents yet';
  return rows === 1 ? '1 document' : `${rows.toLocaleString('en')} documents`;
}

function progressOf(rows: readonly Row[]): string {
  const ready = rows.filter(({ upload, document }) => !upload && document?.state === 'ready').length;
  const failed = rows.filter(({ upload, document }) =>
    upload ? upload.phase === 'broken' : document?.state === 'failed',
  ).length;
  const parts = [`${ready.toLocaleString('en')} of ${rows.length.toLocaleString('en')} ready`];
  if (failed > 0) parts.push(`${failed.toLocaleString('en')} failed`);
  return parts.join(', ');
}
