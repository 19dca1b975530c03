/** How long the rest of a stream may take after the part that says it is over. */
const restMs = 100;

/**
 * `fetch` whose event streams, when they are not read on, are read to their end for a moment. The client stops at
 * `[DONE]`; where the body's own end is a packet later, cancelling there would cost the connection after every answer.
 */
export const drainedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.body && response.headers.get('content-type')?.startsWith('text/event-stream')) {
    Object.defineProperty(response, 'body', { value: drained(response.body.getReader()) });
  }
  return response;
};

/** The body as the client reads it. Whoever holds the iterator holds the body: the client keeps its abort beside it. */
function drained(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  return {
    next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
    return: async () => {
      await drain(reader);
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Reads and drops the rest; cancels it once it takes too long. An aborted request ends here at once. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => {
    reader.cancel().catch(() => {});
  }, restMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // A rest that breaks off is a rest that is over.
  } finally {
    clearTimeout(timer);
  }
}
