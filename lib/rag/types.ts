/** `tenant/collection`: the partition of every index and search. Taken from the caller, never from a body alone. */
export type Scope = `${string}/${string}`;

/** One earlier turn of the conversation, oldest first. */
export interface Turn {
  role: 'user' | 'assistant';
  content: string;
}

/** A question as the edge hands it in: validated, trimmed, its scope decided. */
export interface Question {
  text: string;
  scope: Scope;
  history: readonly Turn[];
  /** How many sources the context holds at most, 1 to 20. */
  topK: number;
  /** `use` reads and writes the answer cache, `refresh` only writes it, `off` does neither. */
  cache: 'use' | 'refresh' | 'off';
  /** Only documents that fit it are searched. */
  filter?: Filter;
  /** What the application that asks wants of answers, such as their tone; never above our own instructions. */
  instructions?: string;
}

/** A value of a field that a document's owner has given it. */
export type FieldValue = string | number | boolean;

/** What of a document's metadata a question can be filtered by. */
export interface Filterable {
  /** Day, `YYYY-MM-DD`. */
  date?: string;
  tags?: readonly string[];
  /** The owner's own fields. */
  fields: Readonly<Record<string, FieldValue>>;
}

/** What is known of a document beside its text. */
export interface Metadata extends Filterable {
  /** Stands before the title that the text has. */
  title?: string;
  /** Where people find the document; without it, where its object stands. */
  uri?: string;
}

/** By name (`tags`, `date` or a field), the values of which a document must have one; every name must fit. */
export type Filter = Readonly<Record<string, readonly FieldValue[]>>;

/** What a filter was checked by: the index alone, or in part afterwards, on more hits than are needed. */
export type Filtered = 'index' | 'after';

/** A passage of a document, as it is stored, searched and cited. */
export interface Chunk {
  /** Id of the document in its scope. */
  document: string;
  /** Version of the document that this passage belongs to. */
  version: string;
  /** Position in the document, from 0. */
  number: number;
  /** Title of the document. */
  title: string;
  text: string;
  /** Headings above the passage, outermost first. */
  headings: readonly string[];
  /** Page the passage starts on, from 1, where the format has pages. */
  page?: number;
  /** Line of the source the passage starts on, from 1, where the format has lines. */
  line?: number;
  /** The document's. */
  metadata?: Filterable;
}

/** A chunk that search found. */
export interface Hit extends Chunk {
  /** Higher is better: a vector search's is cosine similarity, -1 to 1; where searches were fused, 0 to 1. */
  score: number;
  /** `number` of the last passage, where several that follow each other were joined into this one. */
  lastNumber?: number;
}

/** A passage that keyword search found. */
export interface KeywordHit {
  document: string;
  version: string;
  number: number;
  /** BM25, above 0; higher is better. Comparable within one search only. */
  score: number;
}

/** A numbered source of an answer, as a caller sees it. */
export interface Source {
  /** The number the answer cites it by, from 1. */
  n: number;
  document: string;
  title: string;
  uri: string;
  page?: number;
  line?: number;
  headings: readonly string[];
  /** Position of the chunk in its document, from 0. */
  chunk: number;
  /** Position of the last chunk, where the source spans several. */
  lastChunk?: number;
  score: number;
  /** The first characters of the passage, at most 240. */
  snippet: string;
}

/** Tokens of one model call. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

/** How an answer ended: whole, cut by the model at its own limit, not held by the documents, or stopped by its caller. */
export type FinishReason = 'stop' | 'length' | 'declined' | 'stopped';

/** The steps of one question, by the names that `timing.steps` and `degraded` use. */
export type StepName =
  | 'cache'
  | 'similar'
  | 'wait'
  | 'shared'
  | 'condense'
  | 'embed'
  | 'filter'
  | 'documents'
  | 'keyword'
  | 'search'
  | 'rerank'
  | 'current'
  | 'model'
  | 'generate';

/** Start and end of every step that ran, in milliseconds since the question began. */
export interface Timing {
  steps: Partial<Record<StepName, [startMs: number, endMs: number]>>;
  firstTokenMs: number;
  totalMs: number;
}

/** What the answer rests on; the first event. */
export interface SourcesEvent {
  type: 'sources';
  /** 128 random bits, hexadecimal. */
  id: string;
  cached: false | 'exact' | 'similar';
  /** When the cached answer was made, ISO 8601. */
  cachedAt?: string;
  sources: readonly Source[];
}

/** The next piece of the answer. */
export interface DeltaEvent {
  type: 'delta';
  text: string;
}

/** The answer has ended as its `finishReason` says; the last event. */
export interface DoneEvent {
  type: 'done';
  finishReason: FinishReason;
  /** Numbers of the sources the answer cites, ascending; each was in the context. */
  citations: readonly number[];
  usage: Usage;
  /** The model that answered; for a cached answer, the one that had. */
  servedBy: string;
  /** Steps that were skipped or gave up, so that the answer may be poorer than it could be. */
  degraded: readonly StepName[];
  /** How the question's filter was checked, where it had one. */
  filtered?: Filtered;
  timing: Timing;
}

/** What an answer is made of, in order: one `sources`, any number of `delta`, one `done`. */
export type AskEvent = SourcesEvent | DeltaEvent | DoneEvent;

/** A finished answer in the cache. It is served only while every source document is at its version. */
export interface CachedAnswer {
  text: string;
  finishReason: 'stop' | 'declined';
  sources: readonly Source[];
  citations: readonly number[];
  servedBy: string;
  /** ISO 8601. */
  createdAt: string;
  /** Version by document of everything that was in the context. */
  versions: Readonly<Record<string, string>>;
  filtered?: Filtered;
}

/** How far a document has come; docs/documents.md says what each means. */
export type DocumentState = 'received' | 'parsing' | 'embedding' | 'ready' | 'failed' | 'deleted';

/** Why a document failed, in words for the person who put it there. */
export interface FailureReason {
  code: string;
  message: string;
}

/** What is known of a document. `version` is the one that is served, absent until one is ready. */
export interface DocumentRecord {
  id: string;
  scope: Scope;
  state: DocumentState;
  /** Grows with every change of what is served; the lock of every such change. */
  revision: number;
  version?: string;
  title: string;
  uri: string;
  contentType?: string;
  metadata?: Metadata;
  /** Bytes of the object. */
  size?: number;
  /** ETag of the object that is served. */
  etag?: string;
  /** Chunks of the version at work or served, and how many of them are written. */
  chunks: number;
  chunksDone: number;
  attempts: number;
  reason?: FailureReason;
  /** ISO 8601; cached answers that were made before and rest on the document are not served. */
  answersPurgedAt?: string;
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
}
