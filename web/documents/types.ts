import type { DocumentRecord, FailureReason } from '../../lib/rag/types.ts';

/** A document as the API shows it (docs/api.md, Documents). */
export type DocumentView = Omit<DocumentRecord, 'scope' | 'revision' | 'reason'> & {
  collection: string;
  reason?: FailureReason & { whatToDo: string };
};

/** One page of a collection's documents; `next` is what the following page comes after. */
export interface DocumentPage {
  documents: DocumentView[];
  next?: string;
}

/** A file that somebody wants to put in, by its path as it was dropped or chosen. */
export interface ChosenFile {
  path: string;
  file: File;
}

/** What becomes of a file before the server knows it as a document. */
export type Upload =
  | { phase: 'waiting' }
  | { phase: 'sending'; sentBytes: number; totalBytes: number }
  /** It is in the bucket since then, in milliseconds; its record still is the one of `before`, or is not there. */
  | { phase: 'taken'; takenAtMs: number; before?: string | undefined }
  | { phase: 'broken'; problem: string };

/** One line of the list: a document, a file on its way, or the one on its way to replace the other. */
export interface Row {
  id: string;
  document?: DocumentView;
  upload?: Upload;
  /** It was put in from here, since the list was opened. */
  isOurs?: boolean;
  /** A retry or a removal is being asked for. */
  isBusy?: boolean;
}
