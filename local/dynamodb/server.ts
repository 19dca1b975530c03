import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { close as closeServer, listen } from '../listen.ts';
import { isLoopbackHost } from '../loopback.ts';
import type { Parameters } from './dynalite.ts';
import { openEngine, type Engine } from './engine.ts';
import { isServiceError, serializationError, unknownOperation } from './service-error.ts';

const maxBodyBytes = 16 * 1024 * 1024;
const maxConnections = 1024;
/** How long callers may take to end what they have begun once the server closes. */
const closeLimitMs = 5000;
const target = /^DynamoDB_20120810\.([A-Za-z]+)$/;

/** A DynamoDB on this machine. */
export interface LocalDynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  endpoint: string;
  /** Answers what has been asked, stops listening and closes the files. */
  close(): Promise<void>;
}

/**
 * DynamoDB over its own wire protocol on 127.0.0.1, with vector indexes. Without a directory everything is in memory; with
 * one, tables, items and indexes are there again after a restart. Throws where the directory or the port is in use.
 */
export async function startDynamoDb(
  options: { directory?: string; port?: number } = {},
): Promise<LocalDynamoDb> {
  const engine = await openEngine(options.directory);
  const answering = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const work = answer(engine, request).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        // The caller hung up while sending; there is nobody to answer.
        if (request.destroyed && !request.complete) return;
        console.error('DynamoDB request failed:', error);
        send(response, {
          status: 500,
          body: { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'Internal error' },
        });
      },
    );
    answering.add(work);
    work.finally(() => answering.delete(work)).catch((error: unknown) => response.destroy(error as Error));
  });
  server.maxConnections = maxConnections;
  try {
    return {
      endpoint: await listen(server, options.port ?? 0),
      async close() {
        const limit = setTimeout(() => server.closeAllConnections(), closeLimitMs);
        await closeServer(server);
        clearTimeout(limit);
        // Callers may have hung up on work that goes on.
        await Promise.allSettled(answering);
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

interface Reply {
  status: number;
  body: object;
}

async function answer(engine: Engine, request: IncomingMessage): Promise<Reply> {
  // A page in a browser reaches loopback too; it sends an Origin, or a Host of its own.
  if (!isLoopbackHost(request.headers.host) || request.headers.origin !== undefined) {
    request.resume();
    return { status: 403, body: { message: 'Only programs on this machine are served' } };
  }
  const body = await readBody(request);
  if (!body) return { status: 413, body: { message: `A body may have ${maxBodyBytes} bytes` } };
  try {
    const operation = target.exec(String(request.headers['x-amz-target']))?.[1];
    if (request.method !== 'POST' || operation === undefined) throw unknownOperation();
    return { status: 200, body: await engine.perform(operation, parseBody(body)) };
  } catch (error) {
    if (isServiceError(error)) return { status: error.statusCode, body: error.body };
    throw error;
  }
}

/** Undefined for a body that is too large; the rest of it is read and dropped, so that the answer arrives. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
  }
  return length <= maxBodyBytes ? Buffer.concat(chunks, length) : undefined;
}

function parseBody(body: Buffer): Parameters {
  let data: unknown;
  try {
    data = JSON.parse(body.toString());
  } catch {
    throw serializationError();
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw serializationError();
  return data as Parameters;
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
    'x-amz-crc32': crc32(bytes),
  });
  response.end(bytes);
}
