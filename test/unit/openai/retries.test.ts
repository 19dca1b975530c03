import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createChat } from '../../../lib/openai/chat.ts';
import { brisk, createOpenAi } from '../../../lib/openai/client.ts';
import {
  failure,
  finishChunk,
  json,
  reset,
  startUpstream,
  stream,
  textChunk,
  type Answer,
} from './upstream.ts';

const good = stream(textChunk('It is.'), finishChunk('stop'), '[DONE]');
const waits: number[] = [];

// Waits are recorded and over at once: what is tested is how long they would have been. The rest of the process's timers
// (sockets, the client's own time-out) run as they are.
beforeEach(() => {
  waits.length = 0;
  vi.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => void vi.restoreAllMocks());

vi.mock('../../../lib/async/delay.ts', async (original) => ({
  ...(await original<object>()),
  delay: async (ms: number, { signal }: { signal: AbortSignal }) => {
    waits.push(ms);
    signal.throwIfAborted();
  },
}));

async function open(...answers: Answer[]) {
  const upstream = await startUpstream(...answers);
  const client = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: async () => 'key' });
  const { signal } = new AbortController();
  const opening = createChat(client, 'm').open([{ role: 'user', content: 'why?' }], { signal });
  const error: unknown = await opening.then(
    () => undefined,
    (error: unknown) => error,
  );
  return { error, requests: upstream.exchanges.length };
}

describe('a call that may succeed later', () => {
  it.each([
    ['429', failure(429, 'rate_limit_exceeded')],
    ['500', failure(500, 'server_error')],
    ['503', failure(503, 'overloaded')],
    ['408', failure(408, 'timeout')],
    ['a reset connection', reset],
  ])('is made again after %s, with a doubling wait', async (_, bad) => {
    expect(await open(bad, bad, good)).toEqual({ error: undefined, requests: 3 });
    expect(waits).toEqual([250, 500]);
  });

  it.each([
    ['429', failure(429, 'rate_limit_exceeded'), 'model_busy'],
    ['500', failure(500, 'server_error'), 'model_unavailable'],
    ['a reset connection', reset, 'model_unavailable'],
  ])('is made three times at most: %s', async (_, bad, code) => {
    const { error, requests } = await open(bad);
    expect([error, requests]).toMatchObject([{ code, retryable: true }, 3]);
    expect((error as Error).message).not.toContain('SECRET');
  });

  it('waits as long as upstream asks', async () => {
    const bad = failure(429, 'rate_limit_exceeded', { 'retry-after': '2' });
    expect(await open(bad, good)).toMatchObject({ error: undefined });
    expect(waits).toEqual([2_000]);
  });

  it('waits until the date that upstream names', async () => {
    const date = new Date(Date.now() + 3_000).toUTCString();
    expect(await open(failure(503, 'x', { 'retry-after': date }), good)).toMatchObject({ error: undefined });
    expect(waits[0]).toBeGreaterThan(1_000);
    expect(waits[0]).toBeLessThanOrEqual(3_000);
  });

  it('is not made again when upstream asks for more than five seconds; the caller hears for how long', async () => {
    const { error, requests } = await open(failure(429, 'rate_limit_exceeded', { 'retry-after': '20' }));
    expect([error, requests, waits]).toMatchObject([{ code: 'model_busy', retryAfterMs: 20_000 }, 1, []]);
  });
});

describe('a call that waiting does not help', () => {
  it.each([
    [400, 'invalid_request_error'],
    [401, 'invalid_api_key'],
    [403, 'forbidden'],
    [404, 'model_not_found'],
    [422, 'unprocessable'],
    [429, 'insufficient_quota'],
  ])('is made once: %i %s', async (status, code) => {
    const { error, requests } = await open(failure(status, code));
    expect([error, requests, waits]).toMatchObject([{ code: 'model_rejected', retryable: false }, 1, []]);
    expect((error as Error).message).not.toContain('SECRET');
  });
});

describe('a call to one of several servers', () => {
  it.each([
    ['a reset connection', reset, 2],
    ['429', failure(429, 'rate_limit_exceeded'), 1],
    ['503', failure(503, 'overloaded'), 1],
    ['401', failure(401, 'invalid_api_key'), 1],
  ])('is made again only after a broken connection, and at once: %s', async (_, bad, requests) => {
    const upstream = await startUpstream(bad);
    const client = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: async () => 'key' });
    const opening = createChat(client, 'm', { retries: brisk }).open([], new AbortController());
    await expect(opening).rejects.toMatchObject({ name: 'RagError' });
    expect(upstream.exchanges).toHaveLength(requests);
    expect(waits.filter((ms) => ms > 0)).toEqual([]);
  });
});

it('an answer that is no JSON at all is an unavailable model, not a defect', async () => {
  const { error } = await open(
    ({ response }) => void response.writeHead(502).end('<html>Bad gateway</html>'),
  );
  expect(error).toMatchObject({ code: 'model_unavailable' });
});

it('a first token is never followed by another call', async () => {
  const upstream = await startUpstream(stream(textChunk('It ')), json(200, {}));
  const client = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: async () => 'key' });
  const { signal } = new AbortController();
  const { parts } = await createChat(client, 'm').open([{ role: 'user', content: 'why?' }], { signal });
  for await (const part of parts) expect(part).toEqual({ type: 'text', text: 'It ' });
  expect(upstream.exchanges).toHaveLength(1);
});
