import OpenAI from 'openai';
import { bedrock } from 'openai/providers/bedrock';
import { describe, expect, it } from 'vitest';
import { createChat, type ChatOptions } from '../../../lib/openai/chat.ts';
import { brisk, createOpenAi } from '../../../lib/openai/client.ts';
import { isOfRequest } from '../../../lib/openai/errors.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import type { ChatPart } from '../../../lib/rag/ports/models.ts';
import { finishChunk, json, startUpstream, stream, textChunk, usageChunk, type Answer } from './upstream.ts';

/*
 * What servers with OpenAI's wire format do differently, as their documentation and issues show it. docs/providers.md says
 * what of it was seen at the servers themselves.
 */

const messages = [{ role: 'user', content: 'Why is the door red?' }] as const;
const usage = { promptTokens: 11, completionTokens: 7 };
const finish = { type: 'finish', reason: 'stop', usage };
const text = (value: string) => ({ type: 'text', text: value });

/** Asks once; the parts, or the error that the call or its stream ended with. */
async function ask(answer: Answer, options: ChatOptions = {}) {
  const upstream = await startUpstream(answer);
  const client = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: async () => 'key' });
  const chat = createChat(client, 'some-model', { retries: brisk, ...options });
  const parts: ChatPart[] = [];
  let error: unknown;
  try {
    const opened = await chat.open(messages, new AbortController());
    for await (const part of opened.parts) parts.push(part);
  } catch (thrown) {
    error = thrown;
  }
  const code = error instanceof RagError ? error.code : undefined;
  return { parts, code, isOfRequest: isOfRequest(error), body: upstream.exchanges[0]?.body };
}

describe('usage', () => {
  it('comes with the finish', async () => {
    const whole = { ...finishChunk('stop'), usage: { prompt_tokens: 11, completion_tokens: 7 } };
    const { parts } = await ask(stream(textChunk('It is.'), whole, '[DONE]'));
    expect(parts).toEqual([text('It is.'), finish]);
  });

  it('comes in a chunk that has no choices at all', async () => {
    const { parts } = await ask(
      stream(textChunk('It is.'), finishChunk('stop'), { usage: usageChunk.usage }, '[DONE]'),
    );
    expect(parts).toEqual([text('It is.'), finish]);
  });

  it('is null where it is not known yet', async () => {
    const early = { ...textChunk('It is.'), usage: null };
    const { parts } = await ask(stream(early, finishChunk('stop'), usageChunk, '[DONE]'));
    expect(parts).toEqual([text('It is.'), finish]);
  });

  it('is not asked for where that would be refused, and estimated', async () => {
    const { parts, body } = await ask(stream(textChunk('x'.repeat(42)), finishChunk('stop'), '[DONE]'), {
      includeUsage: false,
    });
    expect(body).toEqual({ model: 'some-model', messages, stream: true });
    expect(parts.at(-1)).toEqual({ ...finish, usage: { promptTokens: 5, completionTokens: 10 } });
  });
});

describe('a stream', () => {
  it('ends without [DONE]', async () => {
    const { parts } = await ask(stream(textChunk('It is.'), finishChunk('stop'), usageChunk));
    expect(parts).toEqual([text('It is.'), finish]);
  });

  it('begins with chunks without text: of a role, of thoughts, of nothing', async () => {
    const delta = (delta: unknown) => ({ choices: [{ index: 0, delta, finish_reason: null }] });
    const { parts } = await ask(
      stream(
        delta({ role: 'assistant', content: '' }),
        delta({ role: 'assistant', content: null, reasoning_content: 'Doors are red when' }),
        { choices: [] },
        { choices: [{ index: 0, finish_reason: null }] },
        ...[textChunk('It is.'), finishChunk('stop'), usageChunk, '[DONE]'],
      ),
    );
    expect(parts).toEqual([text('It is.'), finish]);
  });
});

describe('a refusal', () => {
  const inStream = (error: object) => stream({ error });

  it.each([
    [
      'Anthropic, overloaded',
      json(529, { error: { type: 'overloaded_error', message: 'Overloaded' } }),
      'model_unavailable',
    ],
    [
      'Anthropic, overloaded in the stream',
      inStream({ type: 'overloaded_error', message: 'Overloaded' }),
      'model_unavailable',
    ],
    ['Bedrock, throttled', json(429, { message: 'Too many tokens, please wait.' }), 'model_busy'],
    ['Bedrock, a key that has ended', json(403, { Message: 'Bearer Token has expired' }), 'model_rejected'],
    [
      'vLLM, another model',
      json(404, { object: 'error', message: 'No such model', type: 'NotFoundError', code: 404 }),
      'model_rejected',
    ],
    [
      'vLLM, its engine died',
      inStream({ message: 'EngineCore failed', type: 'InternalServerError', code: 500 }),
      'model_unavailable',
    ],
    [
      'Ollama, a model that was not pulled',
      json(404, { error: { message: 'model not found', type: 'not_found_error' } }),
      'model_rejected',
    ],
    ['a proxy, in HTML', ({ response }) => void response.writeHead(502).end('<html>'), 'model_unavailable'],
  ] satisfies [string, Answer, string][])('that another may not share: %s', async (_, answer, code) => {
    expect(await ask(answer)).toMatchObject({ code, isOfRequest: false, parts: [] });
  });

  it.each([
    ['OpenAI', json(400, { error: { type: 'invalid_request_error', code: 'context_length_exceeded' } })],
    ['Anthropic', json(413, { error: { type: 'request_too_large' } })],
    ['vLLM', json(400, { error: { message: 'Too long', type: 'BadRequestError', code: 400 } })],
    [
      'vLLM, an older one',
      json(400, { object: 'error', message: 'Too long', type: 'BadRequestError', code: 400 }),
    ],
    ['Mistral', json(422, { detail: [{ type: 'extra_forbidden' }] })],
  ] satisfies [string, Answer][])('of the request itself: %s', async (_, answer) => {
    expect(await ask(answer)).toMatchObject({ code: 'model_rejected', isOfRequest: true });
  });

  it.each([{ type: 'invalid_request_error' }, { type: 'BadRequestError', code: 400 }])(
    'of the request itself, in the stream: %j',
    async (error) => {
      expect(await ask(inStream(error))).toMatchObject({ isOfRequest: true, parts: [] });
    },
  );
});

it('a Bedrock key goes the way on which the client of OpenAI sends it to Bedrock', async () => {
  const answer = stream(textChunk('It is.'), finishChunk('stop'), '[DONE]');
  const upstream = await startUpstream(answer);
  const provider = bedrock({ apiKey: 'bedrock-key', baseURL: upstream.baseUrl, region: 'eu-west-1' });
  const model = 'openai.gpt-oss-120b';
  const client = new OpenAI({ provider, maxRetries: 0 });
  const theirStream = await client.chat.completions.create({ model, messages: [...messages], stream: true });
  for await (const _ of theirStream);
  const ours = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: async () => 'bedrock-key' });
  const opened = await createChat(ours, model, { includeUsage: false }).open(messages, new AbortController());
  for await (const _ of opened.parts);

  const [theirs, own] = upstream.exchanges.map(({ path, body, headers }) => ({
    ...{ path, body, authorization: headers.authorization },
  }));
  expect(own).toEqual(theirs);
  expect(own?.authorization).toBe('Bearer bedrock-key');
});
