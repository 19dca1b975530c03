import type {
  CachedAnswer,
  Chunk,
  DocumentRecord,
  DocumentState,
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

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface ChatStream {
  /** The model that serves this stream. */
  servedBy: string;
  /** To be read once; ending the iteration early ends the call upstream. */
  parts: AsyncIterable<ChatPart>;
}

export interface ChatModel {
  readonly model: string;
  /** Resolves when the model has accepted the request (its response headers). Throws RagError `model_*`. */
  open(messages: readonly ChatMessage[], options: CallOptions): Promise<ChatStream>;
}

/** The chunks of every document and their nearest-neighbour index. */
export interface ChunkStore {
  /** The nearest chunks of the scope, best first, at most `limit` (1 to 100). Versions are not checked here. */
  search(query: { scope: Scope; vector: Float32Array; limit: number }, options: CallOptions): Promise<Hit[]>;
  /** Writes chunks with their vectors; writing the same again changes nothing. */
  put(
    scope: Scope,
    chunks: readonly { chunk: Chunk; vector: Float32Array }[],
    options: CallOptions,
  ): Promise<void>;
  get(
    key: { scope: Scope; document: string; version: string; number: number },
    options: CallOptions,
  ): Promise<Chunk | undefined>;
  /** Removes every chunk of the document but those of `keep`; all of them without it. Returns how many. */
  removeVersions(
    target: { scope: Scope; document: string; keep?: string },
    options: CallOptions,
  ): Promise<number>;
}

/** What is written when a version becomes the one that is served. */
export interface ReadyVersion {
  version: string;
  title: string;
  contentType: string;
  size: number;
  chunks: number;
}

/** Work on a version that is not served yet. */
export interface WorkState {
  state: Extract<DocumentState, 'received' | 'parsing' | 'embedding'>;
  chunks: number;
  chunksDone: number;
  attempts?: number;
}

/**
 * The documents' records. What is served (`version`, the tombstone) changes only under the lock of `revision`, by
 * single-item conditional updates; `report*` only tells people how far the work is.
 */
export interface DocumentStore {
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
  /** Tells how far the work is; creates the record where there is none. */
  reportWork(
    key: { scope: Scope; id: string; uri: string },
    work: WorkState,
    options: CallOptions,
  ): Promise<void>;
  /** Tells why the work ended; what was served before still is. False if `revision` is no longer the record's. */
  reportFailure(
    key: { scope: Scope; id: string; uri: string },
    failure: { revision: number; reason: FailureReason },
    options: CallOptions,
  ): Promise<boolean>;
  /** Puts a version in service. False if `revision` is no longer the record's (0 stands for no record). */
  makeCurrent(
    key: { scope: Scope; id: string; uri: string },
    change: { revision: number; ready: ReadyVersion },
    options: CallOptions,
  ): Promise<boolean>;
  /** Leaves a tombstone. False if `revision` is no longer the record's. */
  bury(
    key: { scope: Scope; id: string; uri: string },
    change: { revision: number },
    options: CallOptions,
  ): Promise<boolean>;
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

export interface ParsedDocument {
  title?: string;
  blocks: Block[];
}

/** Bytes to text with structure, away from the event loop. */
export interface Parser {
  /** Media types it reads, without parameters. */
  readonly contentTypes: ReadonlySet<string>;
  /** Throws RagError `unsupported_media_type`, `unreadable_document`, `encrypted_document`, `no_text`, `too_complex`. */
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
  ingested(report: { document: string; outcome: string; chunks: number; totalMs: number }): void;
  failed(what: string, error: unknown): void;
}
