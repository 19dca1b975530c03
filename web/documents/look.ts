import { ApiError } from '../api/error.ts';
import { isUnderWay } from './describe.ts';
import { compareIds, idBefore } from './document-id.ts';
import type { DocumentsApi } from './ports.ts';
import type { Look } from './follower.ts';
import type { Rows } from './rows.ts';
import type { DocumentView, Row } from './types.ts';

/** The event of a put is rarely later than this, in milliseconds. */
const eventMs = 10_000;

/** Documents that one look brings. */
const largestPage = 100;

/**
 * Creates the look at what is under way from an id on. It reads a page of the list: one request for many documents, and
 * none that is answered with 404, which browsers call an error on the page.
 */
export function createLook({ api, rows }: { api: DocumentsApi; rows: Rows }) {
  return async (from: string, signal: AbortSignal): Promise<Look> => {
    try {
      const page = await api.list({ after: idBefore(from), limit: largestPage }, signal);
      const isSeen = ({ id }: Row) =>
        compareIds(id, from) >= 0 && (page.next === undefined || compareIds(id, page.next) <= 0);
      const listed = new Map(page.documents.map((document) => [document.id, document]));
      let hasNews = false;
      for (const row of rows.all().filter((row) => isUnderWay(row) && isSeen(row))) {
        if (await lookAt({ api, rows }, row, listed.get(row.id), signal)) hasNews = true;
      }
      return { hasNews, upTo: page.next };
    } catch (error) {
      if (signal.aborted) throw error;
      const atLeastMs = error instanceof ApiError ? error.retryAfterMs : undefined;
      return { hasNews: false, atLeastMs };
    }
  };
}

/** Whether it has moved. */
async function lookAt(
  { api, rows }: { api: DocumentsApi; rows: Rows },
  { id, upload }: Row,
  listed: DocumentView | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (upload?.phase !== 'taken') {
    if (listed) return rows.take([listed]);
    rows.remove(id);
    return true;
  }
  if (listed && listed.updatedAt !== upload.before) {
    rows.change(id, { document: listed, upload: undefined });
    return true;
  }
  if (Date.now() - upload.takenAtMs < eventMs) return false;
  // The same file once more changes nothing, so no event tells of it. To be looked at ends that wait, too.
  rows.change(id, { document: await api.retry(id, signal), upload: undefined });
  return true;
}
