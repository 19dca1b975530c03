import type { Block } from '../rag/ports/originals.ts';
import type { ContentType } from './content-types.ts';
import type { Failure } from './failure.ts';

/** What a worker is started with. */
export interface Job {
  bytes: Uint8Array;
  contentType: ContentType;
}

/** What a worker says: any number of `blocks`, each of which waits for an answer, then one of the others. */
export type Reply =
  | { type: 'blocks'; blocks: Block[] }
  | { type: 'done'; title?: string }
  | { type: 'failed'; failure: Failure };

/**
 * Receiving is work of the event loop (40,000 blocks at once hold it for 70 ms), and messages that wait are all received
 * in one turn of it. So blocks come in lots of about 3 ms, the next when the one before has been received.
 */
const lotBlocks = 2000;

/** The blocks in lots, in order. */
export function* batches(blocks: readonly Block[]): Generator<Block[]> {
  for (let from = 0; from < blocks.length; from += lotBlocks) yield blocks.slice(from, from + lotBlocks);
}
