import OpenAI, { APIError, BadRequestError, InternalServerError, NotFoundError } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { all, answer, cutShort, model, question, startScene, type Scene } from './scene.ts';

let scene: Scene;
let client: OpenAI;

beforeAll(async () => {
  scene = await startScene();
  client = new OpenAI({ baseURL: scene.baseURL, apiKey: scene.apiKey, maxRetries: 0 });
});
afterEach(() => scene.script(undefined));
afterAll(() => scene.close());

const messages = [{ role: 'user', content: question }] as const;
const ask = { model, messages: [...messages] };

describe("OpenAI's client", () => {
  it('gets a completion with citations and what was used', async () => {
    const completion = await client.chat.completions.create(ask);
    const [choice] = completion.choices;
    expect(choice).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: answer } });
    const [annotation] = choice!.message.annotations!;
    const { start_index: start, end_index: end, title, url } = annotation!.url_citation;
    expect([answer.slice(start, end), title]).toEqual(['[1]', 'Lighthouse']);
    expect(url).toContain('lighthouse.md');
    expect(completion).toMatchObject({ sources: [{ n: 1, document: 'lighthouse.md' }] });
    expect(completion._request_id).toBeTruthy();
    const { prompt_tokens, completion_tokens, total_tokens } = completion.usage!;
    expect(prompt_tokens + completion_tokens).toBe(total_tokens);
  });

  it('streams it, and is told at the end what was used', async () => {
    const stream = await client.chat.completions.create({
      ...ask,
      // Asked in other words, so that it is no answer from the cache.
      messages: [{ role: 'user', content: 'How high, in metres, is the lighthouse of Raglan?' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await all(stream);
    const texts = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '');
    expect(texts.join('')).toBe(answer);
    expect(texts.filter((text) => text !== '').length).toBeGreaterThan(1);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 1_000 } });
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop');
  });

  it('puts a stream together as its own helper does, annotations included', async () => {
    const runner = client.chat.completions.stream(ask);
    const completion = await runner.finalChatCompletion();
    expect(completion.choices[0]!.message).toMatchObject({
      content: answer,
      annotations: [{ type: 'url_citation', url_citation: { title: 'Lighthouse' } }],
    });
  });

  it('goes on with a conversation, by rules of its own', async () => {
    const first = await client.chat.completions.create(ask);
    const completion = await client.chat.completions.create({
      model,
      messages: [
        { role: 'developer', content: 'Answer like a pirate.' },
        ...messages,
        first.choices[0]!.message,
        { role: 'user', content: [{ type: 'text', text: 'Is it 31 metres high?' }] },
      ],
    });
    expect(completion.choices[0]!.message.content).toContain('31');
    const roles = scene.prompts.at(-1)!.messages.map(({ role }) => role);
    expect(roles).toEqual(['system', 'user', 'assistant', 'user']);
    expect(scene.prompts.at(-1)!.messages[0]!.content).toContain('Answer like a pirate.');
  });

  it('declines as an answer', async () => {
    const completion = await client.chat.completions.create({
      ...ask,
      messages: [{ role: 'user', content: 'Which orchestra recorded the violin concerto?' }],
    });
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('could not find'), annotations: [] },
    });
  });

  it('lists models and shows each', async () => {
    const models = await all(client.models.list());
    expect(models.map(({ id }) => id)).toContain('raglan');
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' });
  });
});

describe("OpenAI's client throws", () => {
  it.each([
    ['a BadRequestError', { ...ask, n: 2 }, BadRequestError, 'n', 'unsupported_parameter'],
    ['a NotFoundError', { ...ask, model: 'gpt-5' }, NotFoundError, 'model', 'model_not_found'],
  ])('%s', async (_, body, kind, param, code) => {
    for (const stream of [false, true]) {
      const error = await client.chat.completions
        .create({ ...body, stream })
        .catch((error: unknown) => error);
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({
        param,
        code,
        type: 'invalid_request_error',
        requestID: expect.any(String),
      });
    }
  });

  it('an InternalServerError for a model that refuses us, and does not try again', async () => {
    scene.script(() => ({ kind: 'refuse', status: 401 }));
    const eager = client.withOptions({ maxRetries: 2 });
    const before = scene.prompts.length;
    const body = {
      ...ask,
      messages: [{ role: 'user' as const, content: 'Is the lighthouse 31 metres high?' }],
    };
    const error = await eager.chat.completions.create(body).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 502, code: 'model_rejected', type: 'server_error' });
    expect(scene.prompts.length - before).toBe(1);
  });

  it('an APIError in the middle of a stream that is cut', async () => {
    scene.script(cutShort);
    const stream = await client.chat.completions.create({
      ...ask,
      messages: [{ role: 'user', content: 'Is the Raglan lighthouse high?' }],
      stream: true,
    });
    const texts: string[] = [];
    const reading = (async () => {
      for await (const chunk of stream) texts.push(chunk.choices[0]?.delta.content ?? '');
    })();
    const error = await reading.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: 'answer_cut', type: 'server_error' });
    expect(texts.join('')).toContain('The Raglan');
  });
});
