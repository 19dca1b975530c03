import type { ServerResponse } from 'node:http';
import { preludeContentType } from './awslambda.ts';
import { answerPlainly } from './plain-answer.ts';
import { createPreludeReader, type Prelude } from './prelude.ts';

/** The platform's side of one response: what the function writes, on its way to the client. */
export interface Responder {
  /** What `setContentType` named; decides whether the first bytes are a prelude. */
  contentType: string;
  /** Forwards bytes; `done` is called once the client takes more. Throws for a broken prelude. */
  write(chunk: Buffer, done: () => void): void;
  end(done: () => void): void;
  /** The function failed: a 502 if nothing is sent yet, else the connection is cut. Later bytes are discarded. */
  fail(): void;
}

/**
 * Writes a function's response to its client with the client's own pace. A client that has left is no reason to stop
 * the function, which never hears of it on Lambda: its bytes are discarded
 * (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/145).
 */
export function createResponder(response: ServerResponse, requestId: string): Responder {
  const reader = createPreludeReader();
  let isOver = false;
  let waiting: (() => void) | undefined;
  const release = () => {
    const done = waiting;
    waiting = undefined;
    done?.();
  };
  response.on('drain', release);
  response.on('close', () => {
    isOver = true;
    release();
  });

  const send = (chunk: Buffer, done: () => void) => {
    if (chunk.length === 0) response.flushHeaders();
    if (chunk.length === 0 || response.write(chunk)) done();
    else waiting = done;
  };

  const responder: Responder = {
    contentType: 'application/octet-stream',
    write(chunk, done) {
      if (isOver) return done();
      if (response.headersSent) return send(chunk, done);
      if (responder.contentType !== preludeContentType) {
        start(response, requestId, bare(responder.contentType));
        return send(chunk, done);
      }
      const whole = reader.feed(chunk);
      if (whole === undefined) return done();
      start(response, requestId, whole.prelude);
      // Headers and first bytes leave in one packet: the runtime writes the prelude only when there is a body to write.
      return whole.rest.length === 0 ? done() : send(whole.rest, done);
    },
    end(done) {
      if (isOver) return done();
      // A prelude that no write followed was never sent: the platform has no status to answer with.
      if (!response.headersSent && responder.contentType === preludeContentType) responder.fail();
      else if (!response.headersSent) start(response, requestId, bare(responder.contentType));
      if (!isOver) response.end();
      return done();
    },
    fail() {
      if (isOver) return;
      isOver = true;
      // What was written still leaves; then the connection ends without the last chunk, so nobody takes it for whole.
      if (response.headersSent) response.socket?.destroySoon();
      else answerPlainly(response, requestId, { status: 502, message: 'Internal Server Error' });
      release();
    },
  };
  return responder;
}

function start(response: ServerResponse, requestId: string, { statusCode, headers, cookies }: Prelude): void {
  response.writeHead(statusCode, {
    'content-type': 'application/octet-stream',
    ...lowerCased(headers),
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
    'x-amzn-requestid': requestId,
  });
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A response without a prelude is a 200 of the type that the function named. */
function bare(contentType: string): Prelude {
  return { statusCode: 200, headers: { 'content-type': contentType }, cookies: [] };
}
