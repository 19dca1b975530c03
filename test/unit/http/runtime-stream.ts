import { Writable } from 'node:stream';

/** The stream that Lambda's runtime hands to a streaming function, and what became of it. */
export interface RuntimeStream extends Writable {
  /** What was written, prelude included, in order. */
  written: string[];
  /** Stops taking: the stream is full after the next write. */
  stall(): void;
  /** Takes again what is waiting. */
  resume(): void;
  _onBeforeFirstWrite?: (write: (part: string) => void) => void;
}

/**
 * As the runtime's client does it (aws-lambda-nodejs-runtime-interface-client, response-stream.ts): the prelude goes before
 * the first `write`, and a chunk that is given to `end` does not go through `write`.
 */
export function createRuntimeStream(): RuntimeStream {
  const written: string[] = [];
  let waiting: (() => void) | undefined;
  let isStalled = false;
  const stream = new Writable({
    highWaterMark: 8,
    write: (chunk: Buffer, _, done) => {
      written.push(chunk.toString());
      if (isStalled) waiting = done;
      else done();
    },
  }) as RuntimeStream;
  const write = stream.write.bind(stream) as (chunk: string) => boolean;
  let hasBegun = false;
  stream.write = (chunk: string) => {
    if (!hasBegun) stream._onBeforeFirstWrite?.((part) => write(part));
    hasBegun = true;
    return write(chunk);
  };
  return Object.assign(stream, {
    written,
    stall: () => {
      isStalled = true;
    },
    resume: () => {
      isStalled = false;
      waiting?.();
      waiting = undefined;
    },
  });
}

/** The `awslambda` global, with the marks of the prelude as text that tests can read. */
export const fakeAwsLambda = {
  streamifyResponse: (handler: unknown) => handler,
  HttpResponseStream: {
    from: (stream: RuntimeStream, prelude: Record<string, unknown>) => {
      stream._onBeforeFirstWrite = (write) => write(`${JSON.stringify(prelude)}\0`);
      return stream;
    },
  },
};
