import { describe, expect, it } from 'vitest';
import { RagError } from '../../../lib/rag/errors.ts';
import { createReranker } from '../../../lib/openai/rerank.ts';
import { failure, json, reset, startUpstream, type Answer } from './upstream.ts';

const never = () => new AbortController().signal;
const result = (index: unknown, relevance_score: unknown) => ({ index, relevance_score });

async function start(...answers: Answer[]) {
  const upstream = await startUpstream(...answers);
  const url = `${upstream.baseUrl}/rerank`;
  return { upstream, url, reranker: createReranker({ url }) };
}

it('gives the scores in the texts’ order, though they come best first', async () => {
  const results = [result(2, 0.9), result(0, 0.4), result(1, -3.5)];
  const { upstream, reranker } = await start(json(200, { id: 'x', results }));
  expect(await reranker.rerank('why?', ['a', 'b', 'c'], { signal: never() })).toEqual([0.4, -3.5, 0.9]);
  expect(upstream.exchanges[0]).toMatchObject({
    path: '/v1/rerank',
    headers: { 'content-type': 'application/json' },
  });
  expect(upstream.exchanges[0]!.body).toEqual({ query: 'why?', documents: ['a', 'b', 'c'], top_n: 3 });
  expect(upstream.exchanges[0]!.headers).not.toHaveProperty('authorization');
});

it('sends text that every server takes for JSON', async () => {
  const { upstream, reranker } = await start(json(200, { results: [result(0, 1)] }));
  await reranker.rerank('why?', ['Half \uD83D, whole 🚪'], { signal: never() });
  expect(upstream.exchanges[0]!.body['documents']).toEqual(['Half \uFFFD, whole 🚪']);
});

it('names its model and shows its key where it has them', async () => {
  const ok = () => json(200, { results: [result(0, 1)] });
  const { upstream, url } = await start(ok(), ok());
  const keys = ['secret', 'rotated'];
  const reranker = createReranker({ url, model: 'bge', apiKey: async () => keys.shift() ?? '' });
  await reranker.rerank('why?', ['a'], { signal: never() });
  await reranker.rerank('why?', ['a'], { signal: never() });
  expect(upstream.exchanges).toMatchObject([
    { body: { model: 'bge' }, headers: { authorization: 'Bearer secret' } },
    { body: { model: 'bge' }, headers: { authorization: 'Bearer rotated' } },
  ]);
});

describe('what is no score for every text is refused', () => {
  it.each([
    ['one too few', { results: [result(0, 1)] }],
    ['the same twice', { results: [result(0, 1), result(0, 2)] }],
    ['another index', { results: [result(0, 1), result(2, 1)] }],
    ['a score that is no number', { results: [result(0, 1), result(1, '0.5')] }],
    ['no results', { hello: 'world' }],
    ['null among them', { results: [null, result(1, 1)] }],
    ['null', null],
  ])('%s', async (_, body) => {
    const { reranker } = await start(json(200, body));
    const scores = reranker.rerank('why?', ['a', 'b'], { signal: never() });
    await expect(scores).rejects.toMatchObject({ code: 'model_rejected' });
  });

  it('a page', async () => {
    const { upstream, reranker } = await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hi');
    });
    await expect(reranker.rerank('why?', ['a'], { signal: never() })).rejects.toMatchObject({
      code: 'model_rejected',
    });
    expect(upstream.exchanges).toHaveLength(1);
  });
});

describe('a failure', () => {
  it.each([
    [401, 'model_rejected'],
    [404, 'model_rejected'],
    [422, 'model_rejected'],
    [302, 'model_rejected'],
  ])('of status %i is final', async (status, code) => {
    const { upstream, reranker } = await start(failure(status, 'no', { location: 'http://127.0.0.1:1/' }));
    const scores = reranker.rerank('why?', ['a'], { signal: never() });
    await expect(scores).rejects.toMatchObject({ code });
    await expect(scores).rejects.not.toMatchObject({ message: expect.stringContaining('SECRET') as string });
    expect(upstream.exchanges).toHaveLength(1);
  });

  it.each([
    ['a server that is busy', failure(429, 'rate_limit', { 'retry-after': '0' })],
    ['a server that fails', failure(503, 'overloaded', { 'retry-after': '0' })],
    ['a connection that breaks', reset],
  ])('by %s is tried again', async (_, answer) => {
    const { upstream, reranker } = await start(answer, json(200, { results: [result(0, 1)] }));
    expect(await reranker.rerank('why?', ['a'], { signal: never() })).toEqual([1]);
    expect(upstream.exchanges).toHaveLength(2);
  });
});

it('a key that cannot be read is told as what it is, and nothing is asked', async () => {
  const { upstream, url } = await start();
  const refused = new RagError('configuration', 'The secret is empty.');
  const reranker = createReranker({ url, apiKey: () => Promise.reject(refused) });
  await expect(reranker.rerank('why?', ['a'], { signal: never() })).rejects.toBe(refused);
  expect(upstream.exchanges).toEqual([]);
});

it('an abort closes the connection', async () => {
  const { upstream, reranker } = await start(() => {});
  const caller = new AbortController();
  const scores = reranker.rerank('why?', ['a'], { signal: caller.signal });
  const { closed } = await upstream.exchange();
  const reason = new Error('late');
  caller.abort(reason);
  await expect(scores).rejects.toBe(reason);
  await closed;
  expect(upstream.exchanges).toHaveLength(1);
});
