import { APIError } from 'openai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toModelError } from '../../../lib/openai/errors.ts';
import { createFallback } from '../../../lib/openai/fallback.ts';
import { createProvider } from '../../../lib/openai/provider.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import type { ChatModel, ChatPart, OpenOptions } from '../../../lib/rag/ports/models.ts';
import { createCalls, type Calls } from '../../fakes/calls.ts';
import { createFakeChat, fakeUsage, finish, type Reply } from '../../fakes/chat.ts';

const limits = { timeoutMs: 10_000, firstTokenMs: 15_000, maxConcurrent: 10 };
/** Of 42 characters: 10 tokens. */
const messages = [{ role: 'user', content: 'Why is the door red, and the gate is not?!' }] as const;
const prompt = { promptTokens: 10, completionTokens: 0 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Two providers, and who was given up on. */
function setUp({
  first = ['One.', finish],
  maxConcurrent = 10,
}: { first?: Reply; maxConcurrent?: number } = {}) {
  const calls = { first: createCalls(), second: createCalls() };
  const toProvider = (name: string, calls: Calls, reply: Reply) =>
    createProvider(
      name,
      createFakeChat(calls, () => reply),
      { ...limits, maxConcurrent },
    );
  const failures: [string, unknown][] = [];
  const chat = createFallback(
    [toProvider('first', calls.first, first), toProvider('second', calls.second, ['Two.', finish])],
    (name, error) => failures.push([name, error]),
  );
  return { ...calls, chat, failures };
}

/** Asks and reads the answer to its end. */
async function answer(chat: ChatModel, options: OpenOptions = new AbortController()) {
  const stream = await chat.open(messages, options);
  const parts: ChatPart[] = [];
  let error: unknown;
  try {
    for await (const part of stream.parts) parts.push(part);
  } catch (thrown) {
    error = thrown;
  }
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { text, parts, error, servedBy: stream.servedBy, isStandIn: stream.isStandIn, spent: stream.spent };
}

const refusal = (status: number | undefined, more: object = {}) =>
  toModelError(APIError.generate(status, { error: { message: 'No.', ...more } }, undefined, new Headers()));
const inStream = (error: object) => toModelError(new APIError(undefined, error, undefined, new Headers()));
const down = refusal(503);
const fail = (calls: Calls, error: Error) =>
  calls.before('chat.open', () => {
    throw error;
  });
const byFirst = { text: 'One.', servedBy: 'first/fake-chat-2026', isStandIn: false, spent: undefined };
const bySecond = { text: 'Two.', servedBy: 'second/fake-chat-2026', isStandIn: true };

describe('a provider that is well', () => {
  it('answers, and no other is asked', async () => {
    const { chat, second, failures } = setUp();
    expect(await answer(chat)).toMatchObject(byFirst);
    expect([second.all, failures]).toEqual([[], []]);
    expect(chat.model).toBe('fake-chat');
  });

  it('may have nothing to say', async () => {
    const { chat, second } = setUp({ first: [finish] });
    expect((await answer(chat)).parts).toEqual([finish]);
    expect(second.all).toEqual([]);
  });
});

describe('a provider that does not accept', () => {
  it.each([
    ['busy', refusal(429)],
    ['out of quota', refusal(429, { code: 'insufficient_quota' })],
    ['down', refusal(503)],
    ['overloaded', refusal(529)],
    ['refusing our key', refusal(401)],
    ['without the model', refusal(404)],
    ['not reached', toModelError(new TypeError('terminated'))],
    ['without a key that can be read', new RagError('configuration', 'No key.')],
  ])('since it is %s leaves the answer to the next, and has used nothing', async (_, error) => {
    const { chat, first, failures } = setUp();
    fail(first, error);
    // Nor does it count among those who may have the prompt.
    const { signal } = new AbortController();
    expect(await answer(chat, { signal, maxPrompts: 1 })).toMatchObject({ ...bySecond, spent: undefined });
    expect(failures).toEqual([['first', error]]);
  });

  it.each([
    ['not valid', refusal(400)],
    ['too long', refusal(413)],
    ['not understood', refusal(422)],
    ['filtered', refusal(403, { code: 'content_filter' })],
  ])('since the request is %s is believed: no other is asked', async (_, error) => {
    const { chat, first, second, failures } = setUp();
    fail(first, error);
    await expect(answer(chat)).rejects.toBe(error);
    expect([second.all, failures]).toEqual([[], []]);
  });

  it('in its time is ended, and the next one asked', async () => {
    const { chat, first, failures } = setUp();
    first.hold('chat.open');
    const answering = answer(chat);
    const { signal } = await first.made('chat.open');
    await vi.advanceTimersByTimeAsync(9_999);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal.aborted).toBe(true);
    expect(await answering).toMatchObject(bySecond);
    expect(failures).toMatchObject([['first', { code: 'model_unavailable' }]]);
  });
});

describe('a provider that accepts and gives no text', () => {
  it.each([
    ['is cut', []],
    ['fails', [refusal(500)]],
    ['says that it is overloaded', [inStream({ type: 'overloaded_error' })]],
  ])('and then %s leaves the answer to the next, and has used the prompt', async (_, first) => {
    const { chat, failures } = setUp({ first });
    expect(await answer(chat)).toMatchObject({ ...bySecond, spent: prompt });
    expect(failures).toHaveLength(1);
  });

  it('is told alone where no more than one may have the prompt', async () => {
    const { chat, second } = setUp({ first: [refusal(500)] });
    const { signal } = new AbortController();
    const { error, spent } = await answer(chat, { signal, maxPrompts: 1 });
    expect(error).toMatchObject({ code: 'model_unavailable' });
    expect([second.all, spent]).toEqual([[], undefined]);
  });

  it('in its time is ended, and the next one asked', async () => {
    const { chat, first } = setUp();
    first.hold('chat.next');
    const answering = answer(chat);
    const { signal } = await first.made('chat.next');
    await vi.advanceTimersByTimeAsync(14_999);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal.aborted).toBe(true);
    expect(await answering).toMatchObject({ ...bySecond, spent: prompt });
    expect(first.open()).toEqual([]);
  });

  it('but that the request is wrong is believed', async () => {
    const error = inStream({ type: 'invalid_request_error' });
    const { chat, second } = setUp({ first: [error] });
    expect(await answer(chat)).toMatchObject({ error, servedBy: byFirst.servedBy });
    expect(second.all).toEqual([]);
  });

  it('but the verdict of its content filter is believed', async () => {
    const filtered = { type: 'finish', reason: 'filtered', usage: fakeUsage } as const;
    const { chat, second } = setUp({ first: [filtered] });
    expect((await answer(chat)).parts).toEqual([filtered]);
    expect(second.all).toEqual([]);
  });
});

describe('a provider that fails after its first text', () => {
  it.each([
    ['a cut', ['On'], undefined],
    ['an error', ['On', down], down],
  ])('is not followed by another: %s', async (_, first, error) => {
    const { chat, second, failures } = setUp({ first });
    const answered = await answer(chat);
    expect(answered).toMatchObject({ text: 'On', servedBy: byFirst.servedBy, isStandIn: false });
    expect(answered.error).toEqual(error);
    expect([second.all, failures]).toEqual([[], []]);
  });

  it('may take as long as it likes from then on', async () => {
    const { chat, first } = setUp();
    const gate = Promise.withResolvers<void>();
    first.before('chat.next', () => (first.of('chat.next').length > 1 ? gate.promise : undefined));
    const answering = answer(chat);
    await first.made('chat.next', 2);
    await vi.advanceTimersByTimeAsync(60_000);
    gate.resolve();
    expect(await answering).toMatchObject(byFirst);
  });
});

describe('when all fail', () => {
  it.each([
    ['the failure that may be over soon', refusal(401), refusal(503), 'second'],
    ['the first failure among equals', refusal(503), refusal(500), 'first'],
    ['a failure that stays, where there is no other', refusal(401), refusal(404), 'first'],
  ])('%s is told', async (_, one, two, told) => {
    const { chat, first, second } = setUp();
    fail(first, one);
    fail(second, two);
    await expect(answer(chat)).rejects.toBe(told === 'first' ? one : two);
  });

  it('after one has accepted, that one is named', async () => {
    const { chat, second } = setUp({ first: [] });
    fail(second, refusal(401));
    expect(await answer(chat)).toMatchObject({
      ...{ error: { code: 'answer_cut' }, servedBy: byFirst.servedBy, spent: undefined },
    });
  });
});

describe('a caller who leaves', () => {
  const left = new Error('left');

  it.each(['chat.open', 'chat.next'])(
    'ends the call of who is asked (%s), and no other is asked',
    async (name) => {
      const { chat, first, second, failures } = setUp();
      first.hold(name);
      const caller = new AbortController();
      const answering = answer(chat, caller).then(
        ({ error }) => error,
        (error: unknown) => error,
      );
      const { signal } = await first.made(name);
      caller.abort(left);
      expect([signal.aborted, await answering]).toEqual([true, left]);
      expect([first.open(), second.all, failures]).toEqual([[], [], []]);
    },
  );

  it('ends the call of who took over', async () => {
    const { chat, first, second } = setUp();
    fail(first, refusal(503));
    second.hold('chat.next');
    const caller = new AbortController();
    const answering = answer(chat, caller);
    await second.made('chat.next');
    caller.abort(left);
    expect((await answering).error).toBe(left);
    expect(second.open()).toEqual([]);
  });

  it('by reading no further closes the stream', async () => {
    const { chat, first } = setUp();
    const { parts } = await chat.open(messages, new AbortController());
    for await (const _ of parts) break;
    expect(first.of('chat.closed')).toHaveLength(1);
  });
});

describe('lanes', () => {
  it('that are all taken send a caller on to the next provider after a short wait', async () => {
    const { chat, first, failures } = setUp({ maxConcurrent: 1 });
    const gate = first.hold('chat.next');
    const one = answer(chat);
    await first.made('chat.next');
    const two = answer(chat);
    await vi.advanceTimersByTimeAsync(249);
    expect(failures).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await two).toMatchObject({ ...bySecond, spent: undefined });
    expect(failures).toMatchObject([['first', { code: 'model_busy', retryAfterMs: 1_000 }]]);
    gate.release();
    expect(await one).toMatchObject(byFirst);
    expect(await answer(chat)).toMatchObject(byFirst);
  });

  it('are taken in the wait, if one gets free', async () => {
    const { chat, first } = setUp({ maxConcurrent: 1 });
    const gate = first.hold('chat.next');
    const one = answer(chat);
    await first.made('chat.next');
    const two = answer(chat);
    await vi.advanceTimersByTimeAsync(200);
    gate.release();
    expect(await Promise.all([one, two])).toMatchObject([byFirst, byFirst]);
  });

  it('are free again when a call is refused', async () => {
    const { chat, first, failures } = setUp({ maxConcurrent: 1 });
    fail(first, refusal(503));
    expect(await answer(chat)).toMatchObject(bySecond);
    first.before('chat.open', undefined);
    const answering = answer(chat);
    await vi.advanceTimersByTimeAsync(0);
    expect(failures).toHaveLength(1);
    expect(await answering).toMatchObject(byFirst);
  });

  it('are free again when a caller leaves before reading', async () => {
    const { chat } = setUp({ maxConcurrent: 1 });
    const caller = new AbortController();
    await chat.open(messages, caller);
    caller.abort();
    expect(await answer(chat)).toMatchObject(byFirst);
  });
});

describe('a provider that failed three times in a row', () => {
  async function failThrice() {
    const world = setUp();
    fail(world.first, refusal(503));
    for (let n = 0; n < 3; n += 1) expect(await answer(world.chat)).toMatchObject(bySecond);
    return world;
  }

  it('is left alone for half a minute, and then tried by one', async () => {
    const { chat, first } = await failThrice();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(await answer(chat)).toMatchObject(bySecond);
    expect(first.of('chat.open')).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    const gate = first.hold('chat.open');
    const trial = answer(chat);
    expect(await answer(chat)).toMatchObject(bySecond);
    expect(first.of('chat.open')).toHaveLength(4);
    gate.release();
    expect(await trial).toMatchObject(byFirst);
    expect(await answer(chat)).toMatchObject(byFirst);
  });

  it('is left alone again if the one who tries fails', async () => {
    const { chat, first } = await failThrice();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answer(chat)).toMatchObject(bySecond);
    expect(await answer(chat)).toMatchObject(bySecond);
    expect(first.of('chat.open')).toHaveLength(4);
  });

  it('is asked all the same if no other answers', async () => {
    const { chat, first, second } = await failThrice();
    first.before('chat.open', undefined);
    fail(second, refusal(503));
    expect(await answer(chat)).toMatchObject(byFirst);
  });

  it('does not count what was wrong with requests, nor callers who left', async () => {
    const { chat, first } = setUp();
    fail(first, refusal(400));
    for (let n = 0; n < 4; n += 1) await expect(answer(chat)).rejects.toThrow(RagError);
    first.hold('chat.open');
    for (let n = 0; n < 4; n += 1) {
      const caller = new AbortController();
      const answering = answer(chat, caller);
      caller.abort(new Error('left'));
      await expect(answering).rejects.toThrow('left');
    }
    first.before('chat.open', undefined);
    expect(await answer(chat)).toMatchObject(byFirst);
  });
});
