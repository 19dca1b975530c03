import type { DocumentPage, DocumentView } from './types.ts';

/** Hears how much of a body is sent, in bytes. */
export type OnProgress = (sentBytes: number, totalBytes: number) => void;

/** How a file is sent. */
export interface SendOptions {
  signal: AbortSignal;
  onProgress: OnProgress;
}

/** The documents of one collection. Every call throws ApiError, and the signal's reason when that is aborted. */
export interface DocumentsApi {
  list(page: { after?: string | undefined; limit: number }, signal: AbortSignal): Promise<DocumentPage>;
  /** Puts a file of at most 4 MB. */
  put(id: string, file: File, options: SendOptions): Promise<DocumentView>;
  /** Puts a file straight into the bucket, by a presigned form; the record hears of it later. */
  sendForm(id: string, file: File, options: SendOptions): Promise<void>;
  retry(id: string, signal: AbortSignal): Promise<DocumentView>;
  remove(id: string, signal: AbortSignal): Promise<void>;
}
