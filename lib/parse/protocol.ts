import type { Passage } from '../rag/ports/originals.ts';
import type { ContentType } from './content-types.ts';
import type { Failure } from './failure.ts';

/** What a worker is started with. */
export interface Job {
  bytes: Uint8Array;
  contentType: ContentType;
}

/** What a worker says: any number of `passages`, each of which waits for an answer, then one of the others. */
export type Reply =
  | { type: 'passages'; passages: Passage[] }
  | { type: 'done'; title?: string }
  | { type: 'failed'; failure: Failure };

/**
 * Receiving is work of the event loop, and messages that wait are all received in one turn of it. So passages come in
 * lots of about 3 ms, the next when the one before has been received.
 */
const lotPassages = 1000;

/** The passages in lots, in order. */
export function* lots(passages: readonly Passage[]): Generator<Passage[]> {
  for (let from = 0; from < passages.length; from += lotPassages)
    yield passages.slice(from, from + lotPassages);
}
