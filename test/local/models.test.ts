import { monitorEventLoopDelay } from 'node:perf_hooks';
import { request } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import OpenAI, { APIError, APIUserAbortError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startModels } from '../../local/models/server.ts';
import type { Models } from '../../local/models/server.ts';

let models: Models;
let client: OpenAI;

beforeAll(async () => {
  models = await startModels();
  client = new OpenAI({ apiKey: 'none', baseURL: models.baseUrl, maxRetries: 0 });
});
afterAll(() => models.close());

const cosine = (a: number[], b: number[]): number =>
  a.reduce((sum, x, index) => sum + x * (b[index] ?? 0), 0);

async function embed(input: string | string[], signal?: AbortSignal): Promise<number[][]> {
  const list = await client.embeddings.create(
    { model: models.embeddingModel, input },
    { signal: signal ?? null },
  );
  return list.data.map(({ embedding }) => embedding);
}

/** Passages that were never embedded before, each long enough to take a while. */
const passages = (count: number): string[] =>
  Array.from(
    { length: count },
    () => `Passage ${made++}. ${'A sentence about storage and queues. '.repeat(10)}`,
  );
let made = 0;

describe('embeddings', () => {
  it('are unit vectors in which a paraphrase is nearer than another topic', async () => {
    const [asked, paraphrase, other] = (await embed([
      'How do I delete a document?',
      'What is the way to remove a file?',
      'The weather in Lisbon is mild in autumn.',
    ])) as [number[], number[], number[]];
    expect(asked).toHaveLength(models.dimensions);
    expect(cosine(asked, asked)).toBeCloseTo(1, 4);
    expect(cosine(asked, paraphrase)).toBeGreaterThan(cosine(asked, other) + 0.2);
  });

  it('are the same numbers as floats and as base64', async () => {
    const [viaBase64] = await embed('one text');
    const list = await client.embeddings.create({
      model: models.embeddingModel,
      input: 'one text',
      encoding_format: 'float',
    });
    expect(list.data[0]?.embedding).toEqual(viaBase64);
    expect(list.usage.prompt_tokens).toBeGreaterThan(0);
  });

  it('come in the order of their texts', async () => {
    const texts = passages(6);
    const together = await embed(texts);
    const alone = await embed(texts[4] ?? '');
    expect(cosine(together[4] ?? [], alone[0] ?? [])).toBeCloseTo(1, 5);
  });

  it('of a question do not wait for the rest of long batches', async () => {
    const finished: string[] = [];
    const batches = [24, 8].map((count) => embed(passages(count)).then(() => finished.push('batch')));
    await nextTurn();
    const question = embed('Which comes first?').then(() => finished.push('question'));
    await Promise.all([...batches, question]);
    expect(finished).toEqual(['question', 'batch', 'batch']);
  });

  it('leave the event loop free', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await embed(passages(32));
    delay.disable();
    // Nine of ten: on a busy machine a thread may have to wait for a core. Embedding on the loop would hold it 100 ms each time.
    expect(delay.percentile(90) / 1e6).toBeLessThan(50);
  });
});

describe('errors', () => {
  it('say in the shape of OpenAI what is wrong', async () => {
    const model = models.embeddingModel;
    await expect(client.embeddings.create({ model: 'other', input: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    });
    await expect(client.embeddings.create({ model, input: '' })).rejects.toMatchObject({
      status: 400,
      param: 'input',
      type: 'invalid_request_error',
    });
    await expect(client.embeddings.create({ model, input: 'x', dimensions: 7 })).rejects.toMatchObject({
      status: 400,
      param: 'dimensions',
    });
    await expect(
      client.chat.completions.create({ model: models.chatModel, messages: [] }),
    ).rejects.toMatchObject({ status: 400, param: 'messages' });
  });

  it('refuse a text queue beyond its bound with a time to come back, until the clients of the queued leave', async () => {
    const leaving = new AbortController();
    const waiting = Array.from({ length: 5 }, () => embed(passages(2_048), leaving.signal));
    const settled = Promise.allSettled(waiting);
    // The first to settle is the one too many: the others would take minutes.
    const refusal: unknown = await Promise.race(waiting).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(APIError);
    expect(refusal).toMatchObject({ status: 503, code: 'overloaded' });
    expect((refusal as APIError).headers?.get('retry-after')).toBe('1');

    leaving.abort();
    const outcomes = await settled;
    const left = outcomes
      .filter((outcome) => outcome.status === 'rejected')
      .map(({ reason }) => reason as unknown);
    expect(left.filter((reason) => reason instanceof APIUserAbortError)).toHaveLength(4);
    // The server learns of it a moment later; a queue that kept their texts would stay full for minutes.
    await expect(untilAccepted(() => embed(passages(3)))).resolves.toHaveLength(3);
  });

  it('refuse other hosts, web pages, unknown routes and large bodies', async () => {
    expect(await send('GET', '/v1/models')).toBe(200);
    expect(await send('GET', '/v1/models', { host: 'attacker.example' })).toBe(403);
    expect(await send('GET', '/v1/models', { origin: 'http://localhost:3000' })).toBe(403);
    expect(await send('GET', '/v1/files')).toBe(404);
    expect(await send('GET', '/v1/embeddings')).toBe(405);
    expect(await send('POST', '/v1/embeddings', {}, 'not json')).toBe(400);
    expect(await send('POST', '/v1/embeddings', {}, Buffer.alloc(10 * 1024 * 1024 + 1, ' '))).toBe(413);
  });
});

async function untilAccepted<Value>(attempt: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof APIError && error.status === 503)) throw error;
    }
  }
}

/** The status of a request that no client library would send. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: string | Buffer = '',
): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const outgoing = request(new URL(path, models.baseUrl), { method, headers }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  // A refused body is cut while it is being sent; by then the status is there.
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
