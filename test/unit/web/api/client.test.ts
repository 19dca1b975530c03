import { afterEach, expect, it, vi } from 'vitest';
import { endsWithinMs } from '../../../../web/api/body.ts';
import { createApiClient, documentPath } from '../../../../web/api/client.ts';
import { toProblem } from '../../../../web/api/problems.ts';

afterEach(() => void vi.unstubAllGlobals());

const json = (status: number, body: unknown, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const unauthorized = () =>
  json(401, { error: { code: 'unauthorized', message: 'A key.', retryable: false } });

function stubFetch(answer: (url: string, init: RequestInit) => Response | Promise<Response>) {
  const fetch = vi.fn(async (url: string, init: RequestInit) => answer(url, init));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

const caught = (call: Promise<unknown>) => call.catch((error: unknown) => error);

const keyless = { baseUrl: '', key: () => undefined, onUnauthorized: async () => undefined };

it('sends JSON, query and key, and nothing that is undefined', async () => {
  const fetch = stubFetch(() => json(200, {}));
  const api = createApiClient({ ...keyless, baseUrl: 'https://api.example', key: () => 'rgl_a' });
  await api.request('POST', '/ask', { json: { a: 1 }, query: { collection: 'h r', after: undefined } });
  expect(fetch.mock.calls[0]).toMatchObject([
    'https://api.example/ask?collection=h+r',
    {
      method: 'POST',
      body: '{"a":1}',
      headers: { authorization: 'Bearer rgl_a', 'content-type': 'application/json' },
      credentials: 'omit',
    },
  ]);
});

it('asks for a key until one holds, and repeats the request with it', async () => {
  let key: string | undefined;
  const given = ['wrong', 'right'];
  const onUnauthorized = vi.fn(async () => (key = given.shift()));
  const fetch = stubFetch((_, { headers }) =>
    new Headers(headers).get('authorization') === 'Bearer right' ? json(200, {}) : unauthorized(),
  );
  const api = createApiClient({ baseUrl: '', key: () => key, onUnauthorized });
  expect((await api.request('GET', '/documents')).status).toBe(200);
  expect(onUnauthorized).toHaveBeenCalledTimes(2);
  expect(fetch).toHaveBeenCalledTimes(3);
});

it('takes the key that another request was given meanwhile', async () => {
  let key = 'old';
  stubFetch((_, { headers }) => {
    const isNew = new Headers(headers).get('authorization') === 'Bearer new';
    key = 'new';
    return isNew ? json(200, {}) : unauthorized();
  });
  const onUnauthorized = vi.fn(async () => undefined);
  await createApiClient({ baseUrl: '', key: () => key, onUnauthorized }).request('GET', '/documents');
  expect(onUnauthorized).not.toHaveBeenCalled();
});

it('throws the 401 when nobody gives a key', async () => {
  stubFetch(unauthorized);
  await expect(createApiClient(keyless).request('GET', '/documents')).rejects.toMatchObject({
    status: 401,
    code: 'unauthorized',
  });
});

it('throws an error of the API with its wait and its details', async () => {
  const error = { code: 'rate_limited', message: 'Wait.', requestId: 'r1', retryable: true, limit: 3 };
  stubFetch(() => json(429, { error }, { 'retry-after': '12' }));
  const thrown = await caught(createApiClient(keyless).request('POST', '/ask'));
  expect(thrown).toMatchObject({
    retryAfterMs: 12_000,
    requestId: 'r1',
    retryable: true,
    details: { limit: 3 },
  });
  expect(toProblem(thrown)).toMatchObject({ whatToDo: 'Ask again in 12 seconds.', requestId: 'r1' });
});

it('throws what is no error of the API as `unknown`, and what never came as `network`', async () => {
  stubFetch(() => new Response('<html>', { status: 502 }));
  const api = createApiClient(keyless);
  await expect(api.request('GET', '/')).rejects.toMatchObject({
    code: 'unknown',
    status: 502,
    retryable: true,
  });
  stubFetch(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(api.request('GET', '/')).rejects.toMatchObject({ code: 'network', status: 0 });
});

it('gives up an answer that does not begin in time, and one that nobody wants', async () => {
  stubFetch((_, { signal }) => {
    const { promise, reject } = Promise.withResolvers<Response>();
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
    return promise;
  });
  vi.useFakeTimers();
  try {
    const late = caught(createApiClient(keyless).request('GET', '/'));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await late).toMatchObject({ code: 'network' });
  } finally {
    vi.useRealTimers();
  }
  const controller = new AbortController();
  const unwanted = createApiClient(keyless).request('GET', '/', { signal: controller.signal });
  controller.abort('gone');
  await expect(unwanted).rejects.toBe('gone');
});

/** A body that says this and then nothing more, until it is given up. */
function hanging(text: string) {
  const cancel = vi.fn();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    cancel,
  });
  return { body, cancel };
}

it.each([200, 503])('gives up the body of a %i that does not end in time', async (status) => {
  const { body, cancel } = hanging('{"error":');
  stubFetch(() => new Response(body, { status }));
  vi.useFakeTimers();
  try {
    const late = caught(createApiClient(keyless).json('GET', '/documents'));
    await vi.advanceTimersByTimeAsync(endsWithinMs - 1);
    expect(cancel).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    const code = status === 200 ? 'network' : 'unknown';
    expect(await late).toMatchObject({ name: 'ApiError', code, retryable: true });
    expect([cancel.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
  } finally {
    vi.useRealTimers();
  }
});

it('reads JSON cut anywhere, and throws a body that breaks as `network`, one that is none as `unknown`', async () => {
  const bytes = new TextEncoder().encode('{"title":"Übersicht 語"}');
  const api = createApiClient(keyless);
  stubFetch(() => new Response(ReadableStream.from(Array.from(bytes, (byte) => Uint8Array.of(byte)))));
  expect(await api.json('GET', '/')).toEqual({ title: 'Übersicht 語' });
  stubFetch(() => {
    const error = new TypeError('network error');
    return new Response(new ReadableStream({ pull: (controller) => controller.error(error) }));
  });
  await expect(api.json('GET', '/')).rejects.toMatchObject({ code: 'network', retryable: true });
  stubFetch(() => new Response('<html>Welcome to our hotel</html>'));
  const thrown = await caught(api.json('GET', '/'));
  expect(thrown).toMatchObject({ code: 'unknown', status: 200, retryable: false });
  expect(toProblem(thrown).title).not.toContain('fault');
});

it('throws the reason of who wants a body no more', async () => {
  stubFetch((_, { signal }) => {
    const abort = (controller: ReadableStreamDefaultController) =>
      signal?.addEventListener('abort', () => controller.error(signal.reason));
    return new Response(new ReadableStream({ start: abort }));
  });
  const controller = new AbortController();
  const unwanted = createApiClient(keyless).json('GET', '/', { signal: controller.signal });
  controller.abort('gone');
  await expect(unwanted).rejects.toBe('gone');
});

it('encodes a document by its names', () => {
  expect(documentPath('guides/a b&c.md')).toBe('/documents/guides/a%20b%26c.md');
});
