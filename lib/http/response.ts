/** What a route answers with. A streamed body is read once; it must not throw, an error in it is an event of its own. */
export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string | AsyncIterable<string>;
  /** Work to do once the caller has everything. */
  afterResponse?: () => Promise<void>;
}

/** That it is done, and there is nothing to say. */
export function nothing(): HttpResponse {
  return { status: 204, headers: {}, body: '' };
}

/** A JSON answer. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}
