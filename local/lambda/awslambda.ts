import type { StreamifyHandler } from 'aws-lambda';
import type { Writable } from 'node:stream';

/** Content type by which the platform knows that a response begins with a prelude. */
export const preludeContentType = 'application/vnd.awslambda.http-integration-response';

/** Writes a part of the prelude ahead of the first byte of the body. */
export type PreludeWriter = (part: string | Uint8Array) => void;

/** A response stream as the runtime hands it to a streaming function. */
export interface RuntimeResponseStream extends Writable {
  setContentType(contentType: string): void;
  /** Set by `HttpResponseStream.from`, called once before the first write; an `end()` without a write never calls it. */
  _onBeforeFirstWrite?: (write: PreludeWriter) => void;
}

/** Marks a handler as streaming, under the symbol that the runtime looks for. */
const streamingMark = Symbol.for('aws.lambda.runtime.handler.streaming');

/**
 * Installs the `awslambda` global as Lambda's Node runtime has it. It has to be there before a streaming function is
 * imported (https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html).
 */
export function installAwsLambda(): void {
  const runtime = {
    streamifyResponse: (handler: StreamifyHandler) => Object.assign(handler, { [streamingMark]: 'response' }),
    HttpResponseStream: { from: withPrelude },
  };
  Object.assign(globalThis, { awslambda: runtime });
}

/** Status, headers and cookies go before the body as JSON, and eight zero bytes end them. */
function withPrelude(stream: RuntimeResponseStream, prelude: Record<string, unknown>): RuntimeResponseStream {
  const json = JSON.stringify(prelude);
  stream.setContentType(preludeContentType);
  stream._onBeforeFirstWrite = (write) => {
    write(json);
    write(new Uint8Array(8));
  };
  return stream;
}
