import type {
  CachedAnswer,
  Chunk,
  DocumentRecord,
  DocumentState,
  FailureReason,
  Filter,
  Hit,
  KeywordHit,
  Metadata,
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

/** A model that reads question and text together, which tells more than two vectors that never met. */
export interface Reranker {
  /** How well each text answers the query, in the texts' order; higher is better. Throws RagError `model_*`. */
  rerank(query: string, texts: readonly string[], options: CallOptions): Promise<number[]>;
}

/** Which chunk of its scope a chunk is. */
export type ChunkPlace = Pick<Chunk, 'document' | 'version' | 'number'>;

/** A chunk as it is written. */
export interface EmbeddedChunk {
  chunk: Chunk;
  vector: Float32Array;
  /** Tells what the vector was made of; without it `written` does not know the chunk. */
  hash?: string;
}

/** A chunk that was written, as far as it tells whether its work has to be done again. */
export interface WrittenChunk {
  version: string;
  number: number;
  /** Revision at which the run that wrote it began. */
  revision: number;
  hash: string;
}

/** The chunks of every document and their nearest-neighbour index. */
export interface ChunkStore {
  /**
   * The nearest chunks of the scope that fit the filter, best first, at most `limit` (1 to 100). Of what the index does not
   * know of the filter, the 100 nearest are checked. Versions are not checked here.
   */
  search(
    query: { scope: Scope; vector: Float32Array; limit: number; filter?: Filter },
    options: CallOptions,
  ): Promise<Hit[]>;
  /**
   * The names of the fields that documents of the scope have or had, each with whether the index knows it. Eventually
   * consistent, but not about `names`.
   */
  fields(
    query: { scope: Scope; names: readonly string[] },
    options: CallOptions,
  ): Promise<ReadonlyMap<string, boolean>>;
  /** The chunks at these places of the scope, at most 100, in no order; those that are not there are left out. */
  getMany(query: { scope: Scope; places: readonly ChunkPlace[] }, options: CallOptions): Promise<Chunk[]>;
  /** What is there of a document with a `hash`, of all versions and runs. Strongly consistent. */
  written(target: { scope: Scope; document: string }, options: CallOptions): Promise<WrittenChunk[]>;
  /** The vectors of the chunks at these places, at most 100, in their order; undefined for what is not there. */
  vectors(
    query: { scope: Scope; places: readonly ChunkPlace[] },
    options: CallOptions,
  ): Promise<(Float32Array | undefined)[]>;
  /** Writes chunks of a run that began at `revision`; writing the same again changes nothing. */
  put(
    target: { scope: Scope; revision: number },
    chunks: readonly EmbeddedChunk[],
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

/** What a passage gives to keyword search: the same that its vector is made of. */
export type KeywordPassage = Pick<Chunk, 'number' | 'title' | 'headings' | 'text'>;

/** The terms of every passage, searched by BM25. */
export interface KeywordIndex {
  /** The passages that hold the terms, best first by BM25, at most `limit`. Versions are not checked here. `score` > 0. */
  search(
    query: { scope: Scope; terms: readonly string[]; limit: number },
    options: KeywordSearchOptions,
  ): Promise<KeywordHit[]>;
  /**
   * Writes what is searched of all passages of a version, for a run that began at `revision`. The same again changes
   * nothing, and nothing is taken back from a later run that has written the same version.
   */
  put(
    target: { scope: Scope; document: string; version: string; revision: number },
    passages: readonly KeywordPassage[],
    options: CallOptions,
  ): Promise<void>;
  /**
   * Removes every version but `keep` (all without it) that runs from before `revision` wrote. What a later run writes
   * meanwhile stays. Needs nothing of the chunks, which may be gone.
   */
  sweep(
    target: { scope: Scope; document: string; keep?: string; revision: number },
    options: CallOptions,
  ): Promise<void>;
}

export interface KeywordSearchOptions extends CallOptions {
  /** Takes work that should be done soon but need not be waited for: the recount of a figure. Without it, none is done. */
  later?: (work: (signal: AbortSignal) => Promise<void>) => void;
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
  etag: string;
  chunks: number;
  metadata?: Metadata;
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
  /** Leaves a tombstone. */
  bury(key: DocumentKey, revision: number, options: CallOptions): Promise<boolean>;
}

/** The head of a stored object. `version` changes whenever its bytes or its content type do. */
export interface ObjectHead {
  version: string;
  contentType: string;
  /** Bytes. */
  size: number;
  /** Absent where there are none. */
  attributes?: ObjectAttributes;
}

/** What stands with an object and may say something of the document, as it stands there (`readMetadata`). */
export interface ObjectAttributes {
  /** The object's own, names in lower case; others than metadata has are left out. */
  own: Readonly<Record<string, string>>;
  /** Text of the metadata file beside the object; of one that is too long, the first part, which is too long too. */
  beside?: string;
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
    object: { body: Uint8Array; contentType: string; own?: ObjectAttributes['own'] },
    options: CallOptions,
  ): Promise<{ version: string }>;
  remove(key: { scope: Scope; id: string }, options: CallOptions): Promise<void>;
  uploadForm(
    key: { scope: Scope; id: string },
    object: { contentType: string; own?: ObjectAttributes['own'] },
  ): Promise<UploadForm>;
  /** Where the original stands, as sources show it: `s3://bucket/key`. */
  uri(key: { scope: Scope; id: string }): string;
}

/** The queue that ingestion is fed by. */
export interface DocumentEvents {
  /** Sends the event of a document's object anew, as the bucket does when the object is put. */
  replay(key: { scope: Scope; id: string }, options: CallOptions): Promise<void>;
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
