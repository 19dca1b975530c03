import { RagError, type ErrorCode } from '../rag/errors.ts';

/** A failure as it crosses from the worker's thread: what a person may read, nothing of the document. */
export interface Failure {
  code: Extract<
    ErrorCode,
    'unreadable_document' | 'encrypted_document' | 'no_text' | 'too_complex' | 'internal'
  >;
  message: string;
  /** Name of the error behind it, for the log. */
  origin?: string;
}

/** Any error of a parser as what may cross to the caller. A RagError keeps its words, everything else loses them. */
export function toFailure(error: unknown): Failure {
  if (error instanceof RagError) {
    return { code: error.code as Failure['code'], message: error.message };
  }
  const origin = error instanceof Error ? error.name : typeof error;
  // The engine's answer to nesting and repetition beyond its stack: the document's doing, not a defect of ours.
  if (error instanceof RangeError) {
    return { ...tooComplex('it is nested too deeply, or one part of it is too long'), origin };
  }
  return {
    code: 'internal',
    message: 'The document could not be read because of a defect on our side.',
    origin,
  };
}

/** The failure of a document that needs more than a parse may take. `why` completes "because …". */
export function tooComplex(why: string): Failure {
  return {
    code: 'too_complex',
    message: `The document could not be read because ${why}. Split it into smaller documents and put those.`,
  };
}

/** The failure on the caller's side of the thread. */
export function fromFailure(failure: Failure): RagError {
  return new RagError(failure.code, failure.message, failure.origin ? { cause: failure.origin } : {});
}

/** For a document that holds nothing to search, and why that may be. */
export function noText(hint: string): RagError {
  return new RagError('no_text', `The document has no text. ${hint}`);
}

/** For a document whose bytes are not what its content type says, and what to do about it. */
export function unreadable(message: string): RagError {
  return new RagError('unreadable_document', message);
}
