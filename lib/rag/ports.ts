import type {
  CachedAnswer,
  Chunk,
  DocumentRecord,
  FailureReason,
  Hit,
  Scope,
  StepName,
  Usage,
} from './types.ts';

/** Every call that leaves the process takes a signal; when it aborts, the work upstream stops. */
export interface CallOptions {
  signal: AbortSignal;
}

/** Texts to unit vectors. */
export interface Embeddings {
  readonly model: string;
  /** Length of every vector. */
  readonly dimensions: number;
  /** One vector a text, in order. Throws RagError `model_*`, or `index_mismatch` for vectors of another length. */
  embed(texts: readonly string[], options: CallOptions): Promise<Float32Array[]>;
}

/** A part of a generated answer. A stream that ends without `finish` was cut. */
export type ChatPart =
  | { type: 'text'; text: string }
  | { type: 'finish'; reason: 'stop' | 'length' | 'filtered'; usage: Usage };

/** A message of a prompt. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** An answer that a model has begun. */
export interface ChatStream {
  /** The model that serves this stream. */
  servedBy: string;
  /** To be read once; ending the iteration early ends the call upstream. */
  parts: AsyncIterable<ChatPart>;
}

/** A model that answers. */
export interface ChatModel {
  readonly model: string;
  /** Resolves when the model has accepted the request (its response headers). Throws RagError `model_*`. */
  open(messages: readonly ChatMessage[], options: CallOptions): Promise<ChatStream>;
}

/** The chunks of every document and their nearest-neighbour index. */
export interface ChunkStore {
  /** The nearest chunks of the scope, best first, at most `limit` (1 to 100). Versions are not checked here. */
  search(query: { scope: Scope; vector: Float32Array; limit: number }, options: CallOptions): Promise<Hit[]>;
  /** Writes chunks of a run that began at `revision`; writing the same again changes nothing. */
  put(
    target: { scope: Scope; revision: number },
    chunks: readonly { chunk: Chunk; vector: Float32Array }[],
    options: CallOptions,
  ): Promise<void>;
  /**
   * Removes the chunks of every version but `keep` (of all without it) that runs from before `revision` wrote. What a
   * later run writes meanwhile stays.
   */
  sweep(
    target: { scope: Scope; document: string; keep?: string; revision: number },
    options: CallOptions,
  ): Promise<void>;
}

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
  chunks: number;
}

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
  recent(query: { scope: Scope; limit: number }, options: CallOptions): Promise<DocumentRecord[]>;
  /** A page of the scope's documents by id, deleted ones left out. */
  list(
    query: { scope: Scope; limit: number; after?: string },
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
  /** Leaves a tombstone. */
  bury(key: DocumentKey, revision: number, options: CallOptions): Promise<boolean>;
}

/** The head of a stored object. `version` changes whenever its bytes or its content type do. */
export interface ObjectHead {
  version: string;
  contentType: string;
  /** Bytes. */
  size: number;
}

/** What a browser or curl needs to upload a large file by form POST. */
export interface UploadForm {
  url: string;
  fields: Record<string, string>;
  expiresInSeconds: number;
}

/** The bucket with the documents' originals. */
export interface DocumentBucket {
  /** Undefined if there is no such object. */
  head(key: { scope: Scope; id: string }, options: CallOptions): Promise<ObjectHead | undefined>;
  /** The bytes of exactly this version, or undefined if the object has changed or gone since. */
  read(
    key: { scope: Scope; id: string; version: string },
    options: CallOptions,
  ): Promise<Uint8Array | undefined>;
  put(
    key: { scope: Scope; id: string },
    object: { body: Uint8Array; contentType: string },
    options: CallOptions,
  ): Promise<void>;
  remove(key: { scope: Scope; id: string }, options: CallOptions): Promise<void>;
  uploadForm(key: { scope: Scope; id: string }, contentType: string): Promise<UploadForm>;
  /** Where the original stands, as sources show it: `s3://bucket/key`. */
  uri(key: { scope: Scope; id: string }): string;
}

/** A run of text with the place it stands at. Headings are their own blocks, with `headings` ending in themselves. */
export interface Block {
  kind: 'heading' | 'text' | 'code' | 'table';
  text: string;
  /** Headings above, outermost first. */
  headings: readonly string[];
  page?: number;
  line?: number;
}

/** A document as its blocks of text, in reading order. */
export interface ParsedDocument {
  title?: string;
  blocks: Block[];
}

/** Bytes to text with structure, away from the event loop. */
export interface Parser {
  /** Media types it reads, without parameters. */
  readonly contentTypes: ReadonlySet<string>;
  /**
   * Takes the bytes away from the caller. Throws RagError `unsupported_media_type`, `unreadable_document`,
   * `encrypted_document`, `no_text`, `too_complex`, and the signal's reason once nothing of the work is left.
   */
  parse(document: { bytes: Uint8Array; contentType: string }, options: CallOptions): Promise<ParsedDocument>;
}

/** Cached answers, by exact key. */
export interface AnswerStore {
  get(key: { scope: Scope; key: string }, options: CallOptions): Promise<CachedAnswer | undefined>;
  put(key: { scope: Scope; key: string }, answer: CachedAnswer, options: CallOptions): Promise<void>;
}

/** A question that ended, one way or the other. No question, answer or document text is in it. */
export interface AskReport {
  outcome: 'stop' | 'length' | 'declined' | 'error' | 'aborted';
  errorCode?: string;
  cached: false | 'exact';
  usage: Usage;
  servedBy: string;
  degraded: readonly StepName[];
  restarts: number;
  firstTokenMs: number;
  totalMs: number;
}

/** Where decisions and figures go. Never throws. */
export interface Telemetry {
  asked(report: AskReport): void;
  /** A step gave up and the question went on without it. */
  degraded(step: StepName, error: unknown): void;
  ingested(report: { scope: Scope; id: string; outcome: string; totalMs: number }): void;
  failed(what: string, error: unknown): void;
}
