import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createChat } from '../../../lib/openai/chat.ts';
import { createOpenAi } from '../../../lib/openai/client.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import type { ChatPart, ChatStream } from '../../../lib/rag/ports/models.ts';
import {
  beginStream,
  failure,
  finishChunk,
  startUpstream,
  stream,
  textChunk,
  toFrame,
  usageChunk,
  type Answer,
} from './upstream.ts';

const messages = [{ role: 'user', content: 'Why is the door red?' }] as const;
const never = () => new AbortController().signal;

async function start(...answers: Answer[]) {
  const upstream = await startUpstream(...answers);
  const client = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: async () => 'key-1' });
  return { upstream, chat: createChat(client, 'gpt-test') };
}

async function read({ parts }: ChatStream): Promise<ChatPart[]> {
  const all: ChatPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

const text = (value: string) => ({ type: 'text', text: value });
const usage = { promptTokens: 11, completionTokens: 7 };

describe('a chat stream', () => {
  it('is asked for with its usage, and gives text, then one finish with the usage that comes after', async () => {
    const { upstream, chat } = await start(
      stream(textChunk('It '), textChunk('is.'), finishChunk('stop'), usageChunk, '[DONE]'),
    );
    const opened = await chat.open(messages, { signal: never() });
    expect(opened.servedBy).toBe('gpt-test');
    expect(await read(opened)).toEqual([text('It '), text('is.'), { type: 'finish', reason: 'stop', usage }]);
    const { path, body, headers } = upstream.exchanges[0]!;
    expect([path, headers.authorization]).toEqual(['/v1/chat/completions', 'Bearer key-1']);
    expect(body).toEqual({
      ...{ model: 'gpt-test', messages, stream: true },
      stream_options: { include_usage: true },
    });
  });

  it('is asked for in text that every server takes for JSON', async () => {
    const { upstream, chat } = await start(stream(textChunk('x'), finishChunk('stop'), '[DONE]'));
    await read(await chat.open([{ role: 'user', content: 'Half \uD83D, whole 🚪' }], { signal: never() }));
    expect(upstream.exchanges[0]!.body).toMatchObject({ messages: [{ content: 'Half \uFFFD, whole 🚪' }] });
  });

  it.each([
    ['max_completion_tokens', undefined],
    ['max_tokens', 'max_tokens'],
    ['nothing', 'none'],
  ] as const)('is told how long it may be by %s', async (field, limitBy) => {
    const upstream = await startUpstream(stream(textChunk('x'), finishChunk('stop'), '[DONE]'));
    const client = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: async () => 'key-1' });
    const chat = createChat(client, 'gpt-test', { ...(limitBy && { limitBy }) });
    await read(await chat.open(messages, { signal: never(), maxTokens: 4_000 }));
    const { model, messages: _, stream: __, stream_options: ___, ...more } = upstream.exchanges[0]!.body;
    expect([model, more]).toEqual(['gpt-test', field === 'nothing' ? {} : { [field]: 4_000 }]);
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'filtered'],
    ['tool_calls', 'stop'],
  ])('that upstream finished as %s is %s', async (sent, reason) => {
    const { chat } = await start(stream(textChunk('x'), finishChunk(sent), usageChunk, '[DONE]'));
    expect((await read(await chat.open(messages, { signal: never() }))).at(-1)).toMatchObject({ reason });
  });

  it('without usage has an estimate', async () => {
    const { chat } = await start(stream(textChunk('x'.repeat(42)), finishChunk('stop'), '[DONE]'));
    const parts = await read(await chat.open(messages, { signal: never() }));
    expect(parts.at(-1)).toMatchObject({ usage: { promptTokens: 5, completionTokens: 10 } });
  });

  it('that ends without a finish reason gives no finish', async () => {
    const { chat } = await start(stream(textChunk('It '), '[DONE]'));
    expect(await read(await chat.open(messages, { signal: never() }))).toEqual([text('It ')]);
  });

  it('whose connection breaks gives no finish', async () => {
    const { upstream, chat } = await start(beginStream);
    const opened = await chat.open(messages, { signal: never() });
    const { response } = await upstream.exchange();
    response.write(toFrame(textChunk('It ')));
    const parts = opened.parts[Symbol.asyncIterator]();
    expect((await parts.next()).value).toEqual(text('It '));
    response.socket?.resetAndDestroy();
    expect((await parts.next()).done).toBe(true);
  });

  it('whose connection breaks after the finish is whole', async () => {
    const { upstream, chat } = await start(beginStream);
    const opened = await chat.open(messages, { signal: never() });
    const { response } = await upstream.exchange();
    response.write(toFrame(textChunk('It is.')) + toFrame(finishChunk('stop')), () =>
      response.socket?.resetAndDestroy(),
    );
    expect((await read(opened)).at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('throws the error that upstream sends in it, without its words', async () => {
    const error = { message: 'quotes the prompt: SECRET', code: 'server_error' };
    const { chat } = await start(stream(textChunk('It '), { error }));
    const parts = (await chat.open(messages, { signal: never() })).parts[Symbol.asyncIterator]();
    await parts.next();
    const thrown = await parts.next().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'RagError', code: 'model_unavailable' });
    expect((thrown as Error).message).not.toContain('SECRET');
  });
});

describe('aborting', () => {
  it('closes the connection while waiting for headers', async () => {
    const { upstream, chat } = await start(() => {});
    const caller = new AbortController();
    const opening = chat.open(messages, { signal: caller.signal });
    const { closed } = await upstream.exchange();
    const reason = new Error('left');
    caller.abort(reason);
    await expect(opening).rejects.toBe(reason);
    await closed;
    expect(upstream.exchanges).toHaveLength(1);
  });

  it('closes the connection in the middle of a stream and throws the reason', async () => {
    const { upstream, chat } = await start(beginStream);
    const caller = new AbortController();
    const opened = await chat.open(messages, { signal: caller.signal });
    const { response, closed } = await upstream.exchange();
    response.write(toFrame(textChunk('It ')));
    const parts = opened.parts[Symbol.asyncIterator]();
    await parts.next();
    const waiting = parts.next();
    const reason = new Error('left');
    caller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await closed;
  });

  it('closes the connection of a stream that nobody has begun to read', async () => {
    const { upstream, chat } = await start(beginStream);
    const caller = new AbortController();
    await chat.open(messages, { signal: caller.signal });
    const { closed } = await upstream.exchange();
    caller.abort();
    await expect(closed).resolves.toBeUndefined();
  });

  it('is not needed where the iteration just ends: that closes the connection too', async () => {
    const { upstream, chat } = await start(beginStream);
    const opened = await chat.open(messages, { signal: never() });
    const { response, closed } = await upstream.exchange();
    response.write(toFrame(textChunk('It ')));
    for await (const _ of opened.parts) break;
    await expect(closed).resolves.toBeUndefined();
  });
});

describe('connections', () => {
  /** Upstream writes the end of its stream only after `[DONE]` has long left. */
  const slowEnd: Answer = async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = [textChunk('It is.'), finishChunk('stop'), usageChunk, '[DONE]'];
    await new Promise<void>((resolve) => response.write(events.map(toFrame).join(''), () => resolve()));
    // Both ends share this event loop: after so many turns the client has read [DONE].
    for (let left = 20; left > 0; left -= 1) await turn();
    response.end();
  };

  it('are used again by the next answer, though the last bytes come after [DONE]', async () => {
    const { upstream, chat } = await start(slowEnd);
    for (let n = 0; n < 12; n += 1) {
      expect(await read(await chat.open(messages, { signal: never() }))).toHaveLength(2);
    }
    // The client's pool may open a second one before it knows that the first is free again.
    expect(upstream.connections.length).toBeLessThanOrEqual(2);
  });

  it('are given up when upstream does not end after [DONE], and the answer is whole', async () => {
    const { upstream, chat } = await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write([textChunk('It is.'), finishChunk('stop'), '[DONE]'].map(toFrame).join(''));
    });
    const parts = await read(await chat.open(messages, { signal: never() }));
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    await (
      await upstream.exchange()
    ).closed;
  });
});

it('a key that cannot be had is told as what it is', async () => {
  const noKey = new RagError('configuration', "The model's key could not be read.");
  const upstream = await startUpstream(failure(500, 'x'));
  const client = createOpenAi({ baseUrl: upstream.baseUrl, apiKey: () => Promise.reject(noKey) });
  await expect(createChat(client, 'm').open(messages, { signal: never() })).rejects.toBe(noKey);
  expect(upstream.exchanges).toEqual([]);
});
