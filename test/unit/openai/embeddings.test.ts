import { describe, expect, it } from 'vitest';
import { createOpenAi } from '../../../lib/openai/client.ts';
import { createEmbeddings } from '../../../lib/openai/embeddings.ts';
import { json, startUpstream, type Answer } from './upstream.ts';

const vectors = [
  [1, 0, 0],
  [0, 0.5, -0.25],
];
const base64 = (vector: number[]) => Buffer.from(Float32Array.from(vector).buffer).toString('base64');
const never = () => new AbortController().signal;

async function start(answer: Answer, model = 'mini') {
  const upstream = await startUpstream(answer);
  const client = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: async () => 'key' });
  return { upstream, embeddings: createEmbeddings(client, { model, dimensions: 3 }) };
}

const embedding = (index: number, value: unknown) => ({ object: 'embedding', index, embedding: value });

describe('vectors', () => {
  it.each([
    ['base64', vectors.map((vector, index) => embedding(index, base64(vector)))],
    ['numbers', vectors.map((vector, index) => embedding(index, vector))],
    ['out of order', vectors.map((vector, index) => embedding(index, vector)).toReversed()],
  ])('come as %s', async (_, data) => {
    const { upstream, embeddings } = await start(json(200, { data }));
    const got = await embeddings.embed(['one', 'two'], { signal: never() });
    expect(got.map((vector) => Array.from(vector))).toEqual(vectors);
    expect(upstream.exchanges[0]).toMatchObject({
      path: '/v1/embeddings',
      body: { model: 'mini', input: ['one', 'two'], encoding_format: 'base64' },
    });
  });

  it('are asked for in text that every server takes for JSON', async () => {
    const { upstream, embeddings } = await start(json(200, { data: [embedding(0, [1, 0, 0])] }));
    await embeddings.embed(['Half \uDEAA, whole 🚪'], { signal: never() });
    expect(upstream.exchanges[0]!.body['input']).toEqual(['Half \uFFFD, whole 🚪']);
  });

  it.each([
    ['text-embedding-3-small', { dimensions: 3 }],
    ['mini', {}],
  ])('of %s are asked for in their length only where the model takes that', async (model, asked) => {
    const { upstream, embeddings } = await start(json(200, { data: [embedding(0, [1, 0, 0])] }), model);
    await embeddings.embed(['one'], { signal: never() });
    const { model: _, input: _input, encoding_format: _format, ...rest } = upstream.exchanges[0]!.body;
    expect(rest).toEqual(asked);
  });
});

describe('what does not fit', () => {
  it.each([
    ['numbers', [1, 0]],
    ['base64', base64([1, 0, 0, 0])],
  ])('another length is an index mismatch that names both: %s', async (_, value) => {
    const { embeddings } = await start(json(200, { data: [embedding(0, value)] }));
    await expect(embeddings.embed(['one'], { signal: never() })).rejects.toMatchObject({
      code: 'index_mismatch',
      message: expect.stringMatching(/mini .*[24] dimensions.* 3/) as string,
    });
  });

  it.each([
    ['a vector too few', json(200, { data: [embedding(0, [1, 0, 0])] }), 'model_rejected'],
    ['no data', json(200, { hello: 'world' }), 'model_rejected'],
    ['null', json(200, null), 'model_rejected'],
    [
      'bytes that are no vector',
      json(200, { data: [embedding(0, 'AAA='), embedding(1, 'AAA=')] }),
      'index_mismatch',
    ],
    [
      'a page',
      ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hi'),
      'model_rejected',
    ],
  ] as [string, Answer, string][])('%s is told as such', async (_, answer, code) => {
    const { embeddings } = await start(answer);
    await expect(embeddings.embed(['one', 'two'], { signal: never() })).rejects.toMatchObject({ code });
  });
});

it('an abort closes the connection', async () => {
  const { upstream, embeddings } = await start(() => {});
  const caller = new AbortController();
  const embedding = embeddings.embed(['one'], { signal: caller.signal });
  const { closed } = await upstream.exchange();
  const reason = new Error('left');
  caller.abort(reason);
  await expect(embedding).rejects.toBe(reason);
  await closed;
  expect(upstream.exchanges).toHaveLength(1);
});
