import { errorOf, readJson } from './body.ts';
import { networkError } from './error.ts';

/** What goes with a request. */
export interface ApiRequest {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: NonNullable<RequestInit['body']>;
  headers?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | undefined>>;
  signal?: AbortSignal;
  /** How long to wait until the answer begins; 30,000 unless said. */
  beginsWithinMs?: number;
  /** What carries it; `fetch` unless said, which cannot tell how much of a body is sent. */
  carry?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Calls the API in the name of the person before the page. */
export interface ApiClient {
  /**
   * Sends a request to a path like `/documents`; whatever stands in the path is encoded already. Throws ApiError for an
   * error status and for an answer that does not begin in time, and the signal's reason when that is aborted.
   */
  request(method: string, path: string, request?: ApiRequest): Promise<Response>;
  /** The same for an answer that is JSON, read whole. Throws ApiError also where that does not end in time or breaks. */
  json(method: string, path: string, request?: ApiRequest): Promise<unknown>;
}

export interface ApiClientOptions {
  /** Origin of the API; empty where it is the page's own. */
  baseUrl: string;
  key: () => string | undefined;
  /** Asks for a key, because there is none or it does not hold; undefined if nobody gives one. */
  onUnauthorized: () => Promise<string | undefined>;
}

const beginsWithinMs = 30_000;

/** Creates the client. On a 401 it asks for a key and repeats the request, until one holds or nobody gives one. */
export function createApiClient({ baseUrl, key, onUnauthorized }: ApiClientOptions): ApiClient {
  const request: ApiClient['request'] = async (method, path, asked = {}) => {
    const url = `${baseUrl}${path}${queryOf(asked.query)}`;
    for (;;) {
      const sentKey = key();
      const response = await send(url, { ...asked, method, key: sentKey });
      if (response.ok) return response;
      if (response.status !== 401) throw await errorOf(response);
      // Another request may have been given a key meanwhile.
      const newKey = key() === sentKey ? await onUnauthorized() : key();
      if (newKey === undefined) throw await errorOf(response);
      await response.body?.cancel();
    }
  };
  return {
    request,
    json: async (method, path, asked = {}) => {
      const response = await request(method, path, asked);
      try {
        return await readJson(response);
      } catch (error) {
        throw asked.signal?.aborted ? asked.signal.reason : error;
      }
    },
  };
}

/** The path of a document, below which the API has its passages and actions. */
export function documentPath(id: string): string {
  return `/documents/${id.split('/').map(encodeURIComponent).join('/')}`;
}

function queryOf(query: ApiRequest['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return text === '' ? '' : `?${text}`;
}

async function send(
  url: string,
  request: ApiRequest & { method: string; key: string | undefined },
): Promise<Response> {
  const { method, key, json, signal } = request;
  const body = json === undefined ? request.body : JSON.stringify(json);
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(), request.beginsWithinMs ?? beginsWithinMs);
  try {
    return await (request.carry ?? fetch)(url, {
      method,
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...request.headers,
      },
      signal: signal ? AbortSignal.any([signal, overdue.signal]) : overdue.signal,
      // Keys go by header; the page has no cookies.
      credentials: 'omit',
      cache: 'no-store',
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw networkError(error);
  } finally {
    clearTimeout(timer);
  }
}
