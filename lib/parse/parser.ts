import { RagError } from '../rag/errors.ts';
import type { Parser } from '../rag/ports/originals.ts';
import { contentTypes, isReadable } from './content-types.ts';
import { unreadable } from './failure.ts';
import { runWorker, type ParseLimits } from './run-worker.ts';
import { createSlots } from './slots.ts';

/**
 * Enough for 10 MB of HTML, whose tree takes forty times its size, and for thousands of pages of PDF, which took half a
 * minute; what needs more is made to.
 */
const defaultLimits: ParseLimits = { heapMib: 450, wallMs: 300_000 };

/**
 * Reads and cuts documents in worker threads, one at a time; a document that is broken, huge or hostile ends its own thread and
 * nothing else. `parse` takes the bytes away from the caller, so that a large document is in memory once; it rejects
 * with the signal's reason after the thread has ended.
 */
export function createParser(limits: ParseLimits = defaultLimits): Parser {
  const slots = createSlots({ atOnce: 1, waiting: 100 });
  return {
    contentTypes: new Set(contentTypes),
    async parse({ bytes, contentType }, { signal }) {
      if (!isReadable(contentType)) throw unsupported(contentType);
      const owned = own(bytes);
      if (owned.byteLength === 0) throw unreadable('The document is empty. Put it again with its contents.');
      const giveBack = await slots.take(signal);
      try {
        return await runWorker({ bytes: owned, contentType }, limits, signal);
      } finally {
        giveBack();
      }
    },
  };
}

function unsupported(contentType: string): RagError {
  const known = contentTypes.join(', ');
  return new RagError(
    'unsupported_media_type',
    `Documents of type ${JSON.stringify(contentType.slice(0, 100))} cannot be read; these can: ${known}.`,
    { details: { contentTypes } },
  );
}

/** Bytes that can be handed to another thread: small Buffers are views on a pool that others use too. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if ((bytes.buffer as ArrayBuffer).detached)
    throw new TypeError('These bytes were given to a parser before.');
  const { buffer } = bytes;
  const whole = buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength;
  return new Uint8Array(whole ? buffer : bytes);
}
