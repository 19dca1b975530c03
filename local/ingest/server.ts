import { isUtf8 } from 'node:buffer';
import * as z from 'zod';
import { retry, type RetryPolicy } from '../../lib/async/retry.ts';
import { toFlat } from '../../lib/rag/ingest/metadata.ts';
import type { Metadata } from '../../lib/rag/types.ts';
import { authorization } from '../authorization.ts';
import { noServerAt, reasonOf } from '../server-reply.ts';
import { DocumentFailure, ServerFailure, UsageFailure } from './failures.ts';

const view = z.object({
  state: z.enum(['received', 'parsing', 'embedding', 'ready', 'failed', 'deleted']),
  updatedAt: z.string(),
  contentType: z.string().optional(),
  etag: z.string().optional(),
  metadata: z.unknown().optional(),
  chunks: z.number(),
  chunksDone: z.number(),
  reason: z.object({ message: z.string(), whatToDo: z.string() }).optional(),
});

const form = z.object({ url: z.url(), fields: z.record(z.string(), z.string()) });

/** A document's record, as far as it matters here. */
export type DocumentView = z.infer<typeof view>;

/** What is said of a document when it is put. */
export interface Kind {
  contentType: string;
  metadata?: Metadata;
}

/** The documents of one collection on a running server. Each call throws DocumentFailure or ServerFailure. */
export interface Server {
  /** Throws UsageFailure if the server does not take the collection's name. */
  check(signal: AbortSignal): Promise<void>;
  put(id: string, body: Uint8Array<ArrayBuffer>, kind: Kind, signal: AbortSignal): Promise<DocumentView>;
  /** Puts by the form, straight into the bucket. */
  upload(id: string, file: Blob, kind: Kind, signal: AbortSignal): Promise<void>;
  /** Undefined if there is no such document. */
  get(id: string, signal: AbortSignal): Promise<DocumentView | undefined>;
  retry(id: string, signal: AbortSignal): Promise<DocumentView>;
}

/** How long one answer may take, in milliseconds; putting a file takes as long as the line needs. */
const answerMs = 30_000;
const transferMs = 15 * 60_000;

const json = { 'content-type': 'application/json' };

/** A request to the server itself. */
interface OwnRequest extends Pick<RequestInit, 'method' | 'body'> {
  headers?: Record<string, string>;
}

/** Creates the client of a server. */
export function createServerClient(url: string, collection: string): Server {
  const at = (id: string, suffix = '') => {
    const path = id.split('/').map(encodeURIComponent).join('/');
    return new URL(`/documents/${path}${suffix}?collection=${encodeURIComponent(collection)}`, url);
  };
  const call = async (target: URL, init: RequestInit, signal: AbortSignal, limitMs = answerMs) =>
    retry(() => send(target, init, AbortSignal.any([signal, AbortSignal.timeout(limitMs)])), policy, {
      signal,
    });
  // The key is for the server alone: a form is sent to the bucket, which has no need of it.
  const ours = async (target: URL, init: OwnRequest, signal: AbortSignal, limitMs = answerMs) =>
    call(target, { ...init, headers: { ...init.headers, ...authorization() } }, signal, limitMs);
  return {
    check: async (signal) => {
      const query = new URLSearchParams({ collection, limit: '1' });
      const response = await ours(new URL(`/documents?${query.toString()}`, url), {}, signal);
      if (response.status === 400) throw new UsageFailure(await reasonOf(response));
      if (!response.ok) throw new ServerFailure(await reasonOf(response));
      await response.arrayBuffer();
    },
    put: async (id, body, { contentType, metadata }, signal) => {
      const said = metadata && encodeURIComponent(JSON.stringify(toFlat(metadata)));
      const type = survivesAsText(body) ? contentType : 'application/octet-stream';
      const headers = { 'content-type': type, ...(said && { 'x-raglan-metadata': said }) };
      return read(view, await ours(at(id), { method: 'PUT', headers, body }, signal, transferMs));
    },
    upload: async (id, file, { contentType, metadata }, signal) => {
      const body = JSON.stringify({ contentType, metadata: metadata && toFlat(metadata) });
      const asked = await ours(at(id, '/upload'), { method: 'POST', headers: json, body }, signal);
      const { url: bucket, fields } = await read(form, asked);
      const filled = new FormData();
      for (const [name, value] of Object.entries(fields)) filled.set(name, value);
      // The bucket reads no field after the file.
      filled.set('file', file);
      const response = await call(new URL(bucket), { method: 'POST', body: filled }, signal, transferMs);
      if (!response.ok) throw new DocumentFailure(`The bucket answered with status ${response.status}.`);
      await response.arrayBuffer();
    },
    get: async (id, signal) => {
      const response = await ours(at(id), {}, signal);
      if (response.status !== 404) return read(view, response);
      await response.arrayBuffer();
      return undefined;
    },
    retry: async (id, signal) =>
      read(view, await ours(at(id, '/retry'), { method: 'POST', headers: json, body: '{}' }, signal)),
  };
}

/**
 * Whether bytes stay what they are where text travels as UTF-8, as it does into a function; a replacement character looks
 * as if they had not. All others are sent without their type, which the id's ending tells.
 */
function survivesAsText(body: Uint8Array): boolean {
  return isUtf8(body) && !Buffer.from(body.buffer, body.byteOffset, body.length).includes('\uFFFD');
}

/** A server that asks for a pause; everything here can be sent twice. */
class Busy extends DocumentFailure {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

const policy: RetryPolicy = {
  attempts: 5,
  baseDelayMs: 500,
  maxDelayMs: 10_000,
  isRetryable: (error) => error instanceof Busy,
  retryAfterMs: (error) => (error instanceof Busy ? error.retryAfterMs : undefined),
};

async function send(target: URL, init: RequestInit, signal: AbortSignal): Promise<Response> {
  const response = await fetch(target, { ...init, signal }).catch((error: unknown) => {
    if (signal.aborted && (signal.reason as Error).name !== 'TimeoutError') throw error;
    throw new ServerFailure(noServerAt(target.origin), { cause: error });
  });
  if (![429, 502, 503, 504].includes(response.status)) return response;
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  throw new Busy(await reasonOf(response), Number.isFinite(seconds) ? seconds * 1_000 : 0);
}

async function read<Schema extends z.ZodType>(schema: Schema, response: Response): Promise<z.infer<Schema>> {
  if (!response.ok) throw new DocumentFailure(await reasonOf(response));
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ServerFailure('What answers there is no Raglan. Is RAGLAN_URL right?');
  return parsed.data;
}
