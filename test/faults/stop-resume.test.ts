import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { promptTokensOf } from '../../lib/rag/answer/usage.ts';
import type { DoneEvent } from '../../lib/rag/types.ts';
import type { ChatMessage } from '../../lib/rag/ports/models.ts';
import type { ChatPlan } from '../wire/model-script.ts';
import { says } from '../wire/model-script.ts';
import { createPayingKey } from './paying-key.ts';
import { startScene } from './scene.ts';
import { startTwoProcesses, type TwoProcesses } from './two-processes.ts';

let processes: TwoProcesses;
let authorization: string;
beforeAll(async () => {
  processes = await startTwoProcesses(says('Yes [1].'));
  ({ authorization } = await createPayingKey(processes.client));
  // Loaded and connected, both.
  for (const { url } of [processes.one, processes.other]) await (await ask(url)).frames.next();
});
afterAll(() => processes.close());

/** A stream of events that can be left at any time. */
async function open(url: string, init: RequestInit = {}) {
  const left = new AbortController();
  const response = await fetch(url, { ...init, signal: left.signal });
  const frames = (async function* read() {
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(bytes, { stream: true });
      const whole = text.split(/(?<=\n\n)/);
      text = whole.at(-1)?.endsWith('\n\n') ? '' : (whole.pop() ?? '');
      for (const frame of whole) if (!frame.startsWith(':')) yield frame;
    }
  })();
  return { status: response.status, frames, leave: () => left.abort() };
}

async function allOf(opening: ReturnType<typeof open>): Promise<string[]> {
  const all: string[] = [];
  for await (const frame of (await opening).frames) all.push(frame);
  return all;
}

function ask(url: string, as = authorization) {
  const body = JSON.stringify({ question: 'Who writes the log?', stream: true, cache: 'off' });
  const headers = { 'content-type': 'application/json', authorization: as };
  return open(`${url}/ask`, { method: 'POST', headers, body });
}

const resume = (url: string, id: string, after: number) =>
  open(`${url}/answers/${id}/events`, { headers: { 'last-event-id': String(after), authorization } });

const stop = (url: string, id: string) =>
  fetch(`${url}/answers/${id}/stop`, { method: 'POST', headers: { authorization } });

const idIn = (frame = '') => /"id":"([0-9a-f]{32})"/.exec(frame)?.[1] ?? '';

const doneIn = (frame = '') => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '{}') as DoneEvent;

/** The first words of an answer, of which the model says one every `textMs`. */
const words = (count: number, textMs: number): ChatPlan => ({
  ...says(...Array.from({ length: count }, (_, n) => (n === 0 ? 'The keeper [1]' : ` word${n % 10}`))),
  ...{ textMs, end: 'hang' },
});

/**
 * Asks, stops the answer after `count` words at one of the processes, and reads it to its end. `booked` is what the budget of
 * who asked has in the end, but for the prompt that the model was sent.
 */
async function stopAfter(count: number, where: 'one' | 'other') {
  const { one, model, client } = processes;
  const key = await createPayingKey(client);
  model.log.clear();
  const closing = model.log
    .until(() => model.log.of('chat')[0]?.outcome === 'dropped')
    .then(() => performance.now());
  const frames: string[] = [];
  let stoppedMs = Number.NaN;
  for await (const frame of (await ask(one.url, key.authorization)).frames) {
    frames.push(frame);
    if (frames.length !== 1 + count) continue;
    stoppedMs = performance.now();
    expect((await stop(processes[where].url, idIn(frames[0]))).status).toBe(202);
  }
  const closedAfterMs = (await closing) - stoppedMs;
  await vi.waitFor(
    async () => expect(await key.budget()).toEqual({ used: expect.any(Number) as number, open: 0 }),
    { timeout: 20_000 },
  );
  const { messages } = model.log.of('chat')[0]!.body as { messages: ChatMessage[] };
  const booked = (await key.budget()).used - promptTokensOf(messages);
  return { frames, done: doneIn(frames.at(-1)), closedAfterMs, booked };
}

describe('a stop', () => {
  it.each([
    ['at another process ends the call upstream within two seconds', 'other', 2_000],
    ['at the process itself ends it at once', 'one', 500],
  ] as const)('%s, and what was sent is booked', async (_, where, limitMs) => {
    const sent = 300;
    processes.script.chat = () => words(sent, 1);
    const { frames, done, closedAfterMs, booked } = await stopAfter(sent, where);
    expect(closedAfterMs).toBeLessThan(limitMs);
    expect(frames).toHaveLength(1 + sent + 1);
    expect(done).toMatchObject({ finishReason: 'stopped', citations: [1], servedBy: 'wire-chat' });
    expect(Math.abs(booked - sent)).toBeLessThanOrEqual(sent / 100);
    expect(done.usage.completionTokens).toBe(booked);
    expect(done.usage.promptTokens).toBeGreaterThan(100);
  });

  it('in the middle of a stream ends it there', async () => {
    processes.script.chat = () => words(5_000, 4);
    const { frames, done, closedAfterMs, booked } = await stopAfter(200, 'other');
    expect(closedAfterMs).toBeLessThan(2_000);
    const told = frames.length - 2;
    expect(told).toBeLessThan(1_000);
    expect(done.finishReason).toBe('stopped');
    expect(Math.abs(booked - told)).toBeLessThanOrEqual(told / 100);
  });
});

describe('a client that is cut', () => {
  const texts = ['The keeper', ' writes [1]', '. And 🙂', '\n', ' "more"', ' of', ' it', '.'];

  it('at any event gets the same whole answer at another process, byte for byte', async () => {
    const { one, other, script } = processes;
    script.chat = () => ({ ...says(...texts), textMs: 30 });
    // Sources, texts, done.
    const boundaries = Array.from({ length: texts.length + 2 }, (_, n) => n + 1);
    await Promise.all(
      boundaries.map(async (boundary) => {
        const first = await ask(one.url);
        expect(first.status).toBe(200);
        const had: string[] = [];
        for await (const frame of first.frames) {
          had.push(frame);
          if (had.length === boundary) break;
        }
        first.leave();
        const id = idIn(had[0]);
        const rest = await allOf(resume(other.url, id, boundary));
        const whole = await allOf(resume(other.url, id, 0));
        expect([...had, ...rest].join('')).toBe(whole.join(''));
        const events = whole.map((frame) => /^id: (\d+)\nevent: (\w+)/.exec(frame)?.slice(1));
        const names = ['sources', ...texts.map(() => 'delta'), 'done'];
        expect(events).toEqual(names.map((name, n) => [String(n + 1), name]));
        const deltas = whole.slice(1, -1).map((frame) => (doneIn(frame) as unknown as { text: string }).text);
        expect(deltas.join('')).toBe(texts.join(''));
        expect(doneIn(whole.at(-1)).finishReason).toBe('stop');
      }),
    );
  });

  it('and an unknown answer are told apart', async () => {
    expect((await resume(processes.other.url, 'f'.repeat(32), 0)).status).toBe(404);
    expect((await stop(processes.other.url, 'f'.repeat(32))).status).toBe(404);
  });
});

describe('a log that is dead', () => {
  it.each(['throttles', 'hangs'])('and %s costs an answer nothing', async (how) => {
    const scene = await startScene({ more: () => ({ ANSWER_LOG: 'on' }) });
    try {
      scene.script.chat = () => ({ ...says(...texts()), textMs: 1 });
      const timed = async () => {
        const startedMs = performance.now();
        const frames = await allOf(ask(scene.product.url));
        return { frames, ms: performance.now() - startedMs };
      };
      const well = await timed();
      scene.script.refuse = (operation) => {
        if (operation !== 'PutItem') return undefined;
        return how === 'hangs' ? 'hang' : { status: 400, type: 'ProvisionedThroughputExceededException' };
      };
      const { frames, ms } = await timed();
      expect(frames).toHaveLength(texts().length + 2);
      expect(doneIn(frames.at(-1)).finishReason).toBe('stop');
      expect(ms).toBeLessThan(3 * well.ms + 1_000);
      expect(scene.product.failures).toEqual([]);
    } finally {
      await scene.close();
    }
  });

  const texts = () => Array.from({ length: 300 }, (_, n) => (n === 0 ? 'Yes [1]' : ' and on'));
});
