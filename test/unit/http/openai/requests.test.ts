import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../../lib/rag/ports/models.ts';
import { call, createService, errorOf, parsed } from '../calling.ts';
import { complete } from './completing.ts';

/** What the model was given for a conversation. */
async function promptFor(messages: unknown[]): Promise<readonly ChatMessage[]> {
  const service = createService();
  service.serve('guide', 'v1', ['which red door']);
  const response = await complete(service.api, { messages });
  expect(response.status).toBe(200);
  return service.calls.of('chat.open').at(-1)!.input as readonly ChatMessage[];
}

describe('messages', () => {
  it('are the question, what was said before it, and how to answer', async () => {
    const prompt = await promptFor([
      { role: 'system', content: 'Be terse.' },
      { role: 'user', content: 'Is there a door?', name: 'ann' },
      { role: 'assistant', content: 'Yes [1].', refusal: null, annotations: [] },
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'Say ' },
          { type: 'text', text: 'please.' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'which ' },
          { type: 'text', text: 'door?' },
        ],
      },
    ]);
    expect(prompt.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(prompt[0]!.content).toContain('Be terse.\n\nSay please.');
    expect(prompt.slice(1, 3).map(({ content }) => content)).toEqual(['Is there a door?', 'Yes [1].']);
    expect(prompt.at(-1)!.content.endsWith('Question: which door?')).toBe(true);
  });

  it('of long conversations are cut to what a question may refer to', async () => {
    const said = Array.from({ length: 31 }, (_, n) => ({
      role: n % 2 === 0 ? 'user' : 'assistant',
      content: `${n} ${'x'.repeat(9_000)}`,
    }));
    const prompt = await promptFor([
      ...said,
      { role: 'assistant', content: '' },
      { role: 'user', content: 'which door?' },
    ]);
    const history = prompt.slice(1, -1);
    expect(history.map(({ content }) => content.split(' ')[0])).toEqual(
      Array.from({ length: 20 }, (_, n) => String(n + 11)),
    );
    expect(history.every(({ content }) => content.length === 8_000)).toBe(true);
  });

  it.each([
    [[], 'messages'],
    ['hello', 'messages'],
    [[{ role: 'assistant', content: 'x' }], 'messages'],
    [[{ role: 'system', content: 'x' }], 'messages'],
    [[{ role: 'user', content: ' ' }], 'messages'],
    [[{ role: { toString: 1 }, content: 'x' }], 'messages[0].role'],
    [[{ role: 'user', content: 'x'.repeat(4_001) }], 'messages'],
    [
      [
        { role: 'system', content: 'x'.repeat(8_001) },
        { role: 'user', content: 'x' },
      ],
      'messages',
    ],
    [[{ role: 'tool', content: 'x' }], 'messages[0].role'],
    [[{ role: 'user', content: 7 }], 'messages[0].content'],
    [[{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }], 'messages[0].content[0]'],
    [[{ role: 'user', content: [{ type: 'text' }] }], 'messages[0].content[0].text'],
    [
      [
        { role: 'user', content: 'x' },
        { role: 'assistant', tool_calls: [{ id: 'a' }] },
      ],
      'messages[1].tool_calls',
    ],
  ])('%j are refused by the name of what is wrong', async (messages, param) => {
    const response = await complete(createService().api, { messages });
    expect([response.status, errorOf(response)]).toMatchObject([
      400,
      { type: 'invalid_request_error', param },
    ]);
    expect(errorOf(response)['message']).toContain(param);
  });

  it('name the part that cannot be read', async () => {
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }];
    const response = await complete(createService().api, { messages });
    expect(errorOf(response)['message']).toContain("'image_url' parts are not supported");
  });
});

describe('parameters', () => {
  it('that mean nothing here are ignored, and null is as good as nothing', async () => {
    const harmless = {
      ...{ temperature: 0, top_p: 0.1, seed: 1, max_tokens: 5, max_completion_tokens: 5, user: 'u' },
      ...{
        presence_penalty: 1,
        frequency_penalty: 1,
        store: true,
        metadata: { a: 'b' },
        service_tier: 'auto',
      },
      ...{
        n: 1,
        logprobs: false,
        stop: null,
        tools: [],
        tool_choice: 'none',
        response_format: { type: 'text' },
      },
      ...{ modalities: ['text'], audio: null, logit_bias: {}, reasoning_effort: 'low', stream_options: null },
    };
    expect((await complete(createService().api, harmless)).status).toBe(200);
  });

  it.each([
    ['n', 2],
    ['tools', [{ type: 'function', function: { name: 'f' } }]],
    ['tool_choice', 'required'],
    ['functions', [{ name: 'f' }]],
    ['response_format', { type: 'json_object' }],
    ['logprobs', true],
    ['top_logprobs', 3],
    ['logit_bias', { 50256: -100 }],
    ['modalities', ['text', 'audio']],
    ['stop', ['\n']],
  ])('%s is refused by name where it asks for something', async (name, value) => {
    const response = await complete(createService().api, { [name]: value });
    expect(response.status).toBe(400);
    expect(errorOf(response)).toMatchObject({ type: 'invalid_request_error', code: 'unsupported_parameter' });
    expect(errorOf(response)['param']).toMatch(new RegExp(`^${name}`));
    expect(errorOf(response)['message']).toMatch(new RegExp(`^${name}.* not supported$`));
  });

  it.each(['audio', 'web_search_options', 'topK', 'constructor'])(
    '%s is refused by name, since nobody knows it here',
    async (name) => {
      const body = `{"model":"raglan","messages":[{"role":"user","content":"x"}],"${name}":{"a":1}}`;
      const headers = { 'content-type': 'application/json' };
      const response = await call(createService().api, 'POST', '/v1/chat/completions', { headers, body });
      expect([response.status, errorOf(response)]).toMatchObject([
        400,
        { message: `${name} is not supported`, param: name, code: 'unknown_parameter' },
      ]);
    },
  );

  it.each([
    [{ model: undefined }, /^model is required$/],
    [{ messages: undefined }, /^messages is required$/],
    [{ stream: 'yes' }, /^stream must be true or false$/],
    [{ stream_options: { include_usage: 1 } }, /^stream_options\.include_usage must be true or false$/],
    [{ stream_options: { other: 1 } }, /^stream_options\.other is not supported$/],
  ])('%j is refused', async (more, message) => {
    const response = await complete(createService().api, more);
    expect(response.status).toBe(400);
    expect(errorOf(response)['message']).toMatch(message);
  });
});

describe('what fails below /v1 has the shape of OpenAI', () => {
  it.each([
    ['POST', '/v1/embeddings', 404, 'not_found'],
    ['GET', '/v1', 404, 'not_found'],
    ['GET', '/v1/chat/completions', 405, 'method_not_allowed'],
    ['POST', '/v1/chat/completions', 415, 'unsupported_media_type'],
    ['GET', '/v1/models/%', 400, 'invalid_request'],
    ['GET', '/v1/models/gpt-5', 404, 'model_not_found'],
  ])('%s %s', async (method, path, status, code) => {
    const response = await call(createService().api, method, path);
    expect([response.status, errorOf(response)]).toMatchObject([
      status,
      { message: expect.any(String), type: 'invalid_request_error', code },
    ]);
    expect(response.headers['x-should-retry']).toBe('false');
  });

  it('and nothing else has it', async () => {
    expect(errorOf(await call(createService().api, 'GET', '/v10'))).not.toHaveProperty('type');
  });
});

it('a model of no such name is not found', async () => {
  for (const model of ['gpt-5', 'raglan/', 'raglan/Not', 'raglan/a/b', 'raglan+', '']) {
    const response = await complete(createService().api, { model });
    expect([response.status, errorOf(response)]).toMatchObject([
      404,
      { param: 'model', code: 'model_not_found' },
    ]);
  }
});

it('lists the models, and shows each', async () => {
  const { api } = createService();
  const list = parsed(await call(api, 'GET', '/v1/models'));
  const model = { object: 'model', created: 0, owned_by: 'raglan' };
  expect(list).toEqual({
    object: 'list',
    data: [
      { id: 'raglan', ...model },
      { id: 'raglan+sources', ...model },
    ],
  });
  for (const path of ['raglan', 'raglan%2Fhr', 'raglan/hr']) {
    expect(parsed(await call(api, 'GET', `/v1/models/${path}`))).toEqual({
      id: decodeURIComponent(path),
      ...model,
    });
  }
});
