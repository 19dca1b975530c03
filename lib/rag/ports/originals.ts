import type { Chunk, Scope } from '../types.ts';
import type { CallOptions } from './call.ts';

/** The head of a stored object. `version` changes whenever its bytes or its content type do. */
export interface ObjectHead {
  version: string;
  /** Media type without parameters; of an object that does not say, the one that its id's ending stands for. */
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

/** A chunk before it is known whose it is. */
export type Passage = Omit<Chunk, 'document' | 'version' | 'title'>;

/** A document as its passages, in reading order. */
export interface CutDocument {
  title?: string;
  passages: Passage[];
}

/** Bytes to passages (`chunkBlocks`), away from the event loop: reading and cutting both are work for a processor. */
export interface Parser {
  /** Media types it reads, without parameters. */
  readonly contentTypes: ReadonlySet<string>;
  /**
   * Takes the bytes away from the caller. Throws RagError `unsupported_media_type`, `unreadable_document`,
   * `encrypted_document`, `no_text`, `too_complex`, and the signal's reason once nothing of the work is left.
   */
  parse(document: { bytes: Uint8Array; contentType: string }, options: CallOptions): Promise<CutDocument>;
}
