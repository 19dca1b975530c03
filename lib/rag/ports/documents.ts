import type { DocumentRecord, DocumentState, FailureReason, Metadata, Scope } from '../types.ts';
import type { CallOptions } from './call.ts';

/** A document as the stores address it; `uri` is where its original stands. */
export interface DocumentKey {
  scope: Scope;
  id: string;
  uri: string;
}

/** What is written when a version becomes the one that is served. */
export interface ReadyVersion {
  version: string;
  title: string;
  contentType: string;
  size: number;
  etag: string;
  chunks: number;
  metadata?: Metadata;
}

/** What every question reads of a document that changed lately; deleted ones have no version. */
export type RecentDocument = Pick<DocumentRecord, 'id' | 'version' | 'updatedAt'>;

/** How far the work on a version that is not served yet has come. */
export interface WorkProgress {
  state: 'parsing' | 'embedding';
  chunks: number;
  chunksDone: number;
  attempts: number;
}

/**
 * The documents' records. Everything but `receive` is one conditional update under the lock of `revision` (0 stands
 * for no record) and returns false if the record has moved on; all but `reportWork` move it on themselves, by one.
 * `purgeAnswers` is under no lock and moves nothing.
 */
export interface DocumentStore {
  /** Strongly consistent. */
  get(key: { scope: Scope; id: string }, options: CallOptions): Promise<DocumentRecord | undefined>;
  /** Strongly consistent. Absent documents are absent from the map; deleted ones are in it as `deleted`. */
  getMany(
    key: { scope: Scope; ids: readonly string[] },
    options: CallOptions,
  ): Promise<Map<string, DocumentRecord>>;
  /** The most recently changed documents of the scope, newest first, deleted ones included. Eventually consistent. */
  recent(query: { scope: Scope; limit: number }, options: CallOptions): Promise<RecentDocument[]>;
  /**
   * A page of the scope's documents by id, deleted ones left out, or only those in one state. A page may be short, even
   * empty, and still have a next one.
   */
  list(
    query: { scope: Scope; limit: number; after?: string; state?: DocumentState },
    options: CallOptions,
  ): Promise<{ documents: DocumentRecord[]; next?: string }>;
  /** Notes that an object was put, unless the record has changed since `putAt` (ISO 8601). */
  receive(key: DocumentKey, putAt: string, options: CallOptions): Promise<void>;
  /** Tells people how far the work is. */
  reportWork(key: DocumentKey, revision: number, work: WorkProgress, options: CallOptions): Promise<boolean>;
  /** Tells people why the work ended; what was served before still is. */
  reportFailure(
    key: DocumentKey,
    revision: number,
    reason: FailureReason,
    options: CallOptions,
  ): Promise<boolean>;
  /** Puts a version in service. */
  makeCurrent(
    key: DocumentKey,
    revision: number,
    ready: ReadyVersion,
    options: CallOptions,
  ): Promise<boolean>;
  /** No answer that was made before `at` (ISO 8601) and rests on the document is served from now on; false if there is none. */
  purgeAnswers(key: { scope: Scope; id: string }, at: string, options: CallOptions): Promise<boolean>;
  /** Leaves a tombstone. */
  bury(key: DocumentKey, revision: number, options: CallOptions): Promise<boolean>;
}
