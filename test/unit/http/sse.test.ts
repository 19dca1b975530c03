import { createParser } from 'eventsource-parser';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeSse } from '../../../lib/http/sse.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import type { NumberedEvent } from '../../../lib/rag/ports/answer-log.ts';
import type { AskEvent } from '../../../lib/rag/types.ts';

afterEach(() => void vi.useRealTimers());

const sources: AskEvent = { type: 'sources', id: 'a', cached: false, sources: [] };
const delta = (text: string): AskEvent => ({ type: 'delta', text });

async function* of(...items: (AskEvent | Error)[]): AsyncGenerator<NumberedEvent, void> {
  for (const [at, item] of items.entries()) {
    await Promise.resolve();
    if (item instanceof Error) throw item;
    yield { id: at + 1, event: item };
  }
}

function encode(events: AsyncIterable<NumberedEvent>) {
  const errors: unknown[] = [];
  return { errors, frames: encodeSse(events, { requestId: 'r1', onError: (error) => errors.push(error) }) };
}

/** What an event source reads in the stream. */
async function received(frames: AsyncIterable<string>) {
  const events: { id: string | undefined; event: string | undefined; data: unknown }[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => events.push({ id, event, data: JSON.parse(data) }),
  });
  for await (const frame of frames) parser.feed(frame);
  return events;
}

describe('events', () => {
  it('come with their id, their name, and their fields', async () => {
    expect(await received(encode(of(sources, delta('a'))).frames)).toEqual([
      { id: '1', event: 'sources', data: { id: 'a', cached: false, sources: [] } },
      { id: '2', event: 'delta', data: { text: 'a' } },
    ]);
  });

  it.each([
    'line\nbreak',
    'carriage\rreturn\r\n',
    '\u2028 and \u2029',
    'data: x\n\nevent: done\n\n',
    '',
    '\u0000',
    '🙂',
  ])('carry %j unharmed', async (text) => {
    const [event, ...more] = await received(encode(of(delta(text))).frames);
    expect([event!.data, more]).toEqual([{ text }, []]);
  });
});

describe('a failure', () => {
  it("that is not the answer's own is an error event with code and usage, without an id, and the end", async () => {
    const usage = { promptTokens: 5, completionTokens: 2 };
    const cut = new RagError('answer_cut', 'The model stopped.', { usage });
    const { errors, frames } = encode(of(sources, delta('a'), cut));
    expect((await received(frames)).at(-1)).toEqual({
      id: undefined,
      event: 'error',
      data: {
        error: { code: 'answer_cut', message: 'The model stopped.', requestId: 'r1', retryable: true },
        usage,
      },
    });
    expect(errors).toEqual([cut]);
  });

  it('that is a defect shows nothing of itself', async () => {
    const { frames } = encode(of(new TypeError('secret')));
    const [event] = await received(frames);
    expect(event).toMatchObject({ event: 'error', data: { error: { code: 'internal' } } });
    expect(JSON.stringify(event)).not.toContain('secret');
  });
});

it('a comment keeps an idle connection open, and is no event', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const gate = Promise.withResolvers<void>();
  const { frames } = encode(
    (async function* slow() {
      await gate.promise;
      yield { id: 1, event: delta('late') };
    })(),
  );
  const first = frames.next();
  await vi.advanceTimersByTimeAsync(15_000);
  expect((await first).value).toMatch(/^:[^\n]*\n\n$/);
  gate.resolve();
  expect(await received(frames)).toEqual([{ id: '1', event: 'delta', data: { text: 'late' } }]);
});

it('ending it early ends the answer', async () => {
  const ended = vi.fn<() => void>();
  const { frames } = encode(
    (async function* answer() {
      try {
        yield { id: 1, event: sources };
        yield { id: 2, event: delta('a') };
      } finally {
        ended();
      }
    })(),
  );
  await frames.next();
  await frames.return();
  expect(ended).toHaveBeenCalledOnce();
});
