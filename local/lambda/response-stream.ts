import { Writable } from 'node:stream';
import type { PreludeWriter, RuntimeResponseStream } from './awslambda.ts';
import type { Responder } from './responder.ts';

/** The stream that a streaming function writes to, as the runtime hands it over; its bytes go to the responder. */
export class ResponseStream extends Writable implements RuntimeResponseStream {
  _onBeforeFirstWrite?: (write: PreludeWriter) => void;
  readonly #responder: Responder;

  constructor(responder: Responder) {
    super({ highWaterMark: 64 * 1024 });
    this.#responder = responder;
  }

  setContentType(contentType: string): void {
    this.#responder.contentType = contentType;
  }

  // As in the runtime, the prelude goes out before the first `write` of the function's own; `end(chunk)` sends none.
  override write(chunk: unknown, ...rest: unknown[]): boolean {
    const before = this._onBeforeFirstWrite;
    delete this._onBeforeFirstWrite;
    before?.((part) => super.write(Buffer.from(part)));
    return (super.write as (...all: unknown[]) => boolean)(chunk, ...rest);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      this.#responder.write(chunk, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#responder.end(done);
  }
}
