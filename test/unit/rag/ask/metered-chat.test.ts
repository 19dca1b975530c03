import { describe, expect, it } from 'vitest';
import { meterChat } from '../../../../lib/rag/ask/metered-chat.ts';
import { maxAnswerTokens } from '../../../../lib/rag/ask/reserve.ts';
import { RagError } from '../../../../lib/rag/errors.ts';
import type { ChatModel, ChatPart, OpenOptions } from '../../../../lib/rag/ports/models.ts';
import { createCalls } from '../../../fakes/calls.ts';
import { createFakeChat, fakeUsage, finish, type Reply } from '../../../fakes/chat.ts';
import { startFakeRun } from '../../../fakes/run.ts';

/** Of 42 characters: 10 tokens. */
const messages = [{ role: 'user', content: 'Why is the door red, and the gate is not?!' }] as const;
const promptTokens = 10;

/** A model that replies this to every call, metered; `asked` is what it was allowed. */
function setUp(reply: Reply, limitTokens = 100_000) {
  const calls = createCalls();
  const { run, caller } = startFakeRun();
  const fake = createFakeChat(calls, () => reply);
  const asked: OpenOptions[] = [];
  const inner: ChatModel = {
    ...fake,
    open: (messages, options) => {
      asked.push(options);
      return fake.open(messages, options);
    },
  };
  const chat = meterChat(inner, run, limitTokens);
  return { calls, run, caller, asked, chat, open: () => chat.open(messages, { signal: run.signal }) };
}

async function read(opening: ReturnType<ChatModel['open']>): Promise<ChatPart[]> {
  const parts: ChatPart[] = [];
  for await (const part of (await opening).parts) parts.push(part);
  return parts;
}

const pieces = (count: number, piece = 'a ') => Array<string>(count).fill(piece);
const lengthOf = (parts: readonly ChatPart[]) =>
  parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0);

describe('an answer', () => {
  it('that ends within its limit is as it is, with the usage that the model tells', async () => {
    const { run, open } = setUp([...pieces(maxAnswerTokens), finish]);
    const parts = await read(open());
    expect([parts.length, parts.at(-1)]).toEqual([maxAnswerTokens + 1, finish]);
    expect(run.usage).toEqual(fakeUsage);
  });

  it.each([
    ['in pieces of a token', 'a ', maxAnswerTokens],
    ['in long pieces', 'word '.repeat(42), 80],
    ['in a script without spaces', '門'.repeat(200), 20],
  ])('%s that goes on is ended at its limit, upstream too, and booked as counted', async (_, piece, most) => {
    const { calls, run, open } = setUp([...pieces(most + 1_000, piece), finish]);
    const parts = await read(open());
    const usage = { promptTokens, completionTokens: maxAnswerTokens };
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'length', usage });
    expect(lengthOf(parts)).toBe(most * piece.length);
    expect(run.usage).toEqual(usage);
    expect(calls.of('chat.open')[0]!.signal.aborted).toBe(true);
    expect([calls.of('chat.closed').length, calls.of('chat.next').length]).toEqual([1, most + 1]);
  });

  it('is asked for with its limit', async () => {
    const { asked, open } = setUp([finish]);
    await open();
    expect(asked[0]?.maxTokens).toBe(maxAnswerTokens);
  });
});

describe('a call', () => {
  it('is booked from when it is accepted on, though nobody reads it', async () => {
    const { run, open } = setUp(['Yes.', finish]);
    await open();
    expect(run.usage).toEqual({ promptTokens, completionTokens: 0 });
  });

  it('that is not accepted is not booked', async () => {
    const { calls, run, open } = setUp([finish]);
    calls.before('chat.open', () => {
      throw new RagError('model_busy', 'Busy.');
    });
    await expect(open()).rejects.toMatchObject({ code: 'model_busy' });
    expect(run.usage).toEqual({ promptTokens: 0, completionTokens: 0 });
  });

  it('that breaks off is booked with what came of it, beside those before it', async () => {
    const { run, open } = setUp(['Yes ', 'it ', new RagError('model_unavailable', 'Gone.')]);
    await expect(read(open())).rejects.toMatchObject({ code: 'model_unavailable' });
    await expect(read(open())).rejects.toMatchObject({ code: 'model_unavailable' });
    expect(run.usage).toEqual({ promptTokens: 2 * promptTokens, completionTokens: 4 });
  });

  it('may be accepted as often as its prompt has room beside a whole answer', async () => {
    const { asked, open } = setUp([], maxAnswerTokens + 3 * promptTokens + 9);
    await open();
    await open();
    await open();
    expect(asked.map(({ maxPrompts }) => maxPrompts)).toEqual([3, 2, 1]);
    await expect(open()).rejects.toMatchObject({ code: 'conflict', retryable: true });
    expect(asked).toHaveLength(3);
  });
});
