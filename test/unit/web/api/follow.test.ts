import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError, networkError } from '../../../../web/api/error.ts';
import { follow, waitsMs, type EventSources } from '../../../../web/api/follow.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const frame = (id: number | undefined, event: string, data: object) =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const sources = frame(1, 'sources', { id: 'a', cached: false, sources: [] });
const delta = (id: number, text: string) => frame(id, 'delta', { text });
const done = (id: number) => frame(id, 'done', { finishReason: 'stop' });
const failure = (id: number | undefined, code: string, retryable: boolean) =>
  frame(id, 'error', { error: { code, message: code, retryable } });

function read(from: EventSources, controller = new AbortController()) {
  const states: string[] = [];
  const seen: string[] = [];
  const run = (async () => {
    const onConnection = (state: string) => void states.push(state);
    for await (const event of follow(from, { signal: controller.signal, onConnection })) {
      seen.push(event.type === 'delta' ? event.text : event.type);
    }
  })();
  return { states, seen, run, controller };
}

const never = () => Promise.reject(new Error('It is not opened again.'));

it('yields a whole answer without opening anything again', async () => {
  const { run, seen, states } = read({
    first: new Response(sources + delta(2, 'A') + done(3)),
    reopen: never,
  });
  await run;
  expect({ seen, states }).toEqual({ seen: ['sources', 'A', 'done'], states: [] });
});

it('goes on after the last event that it has, and says so', async () => {
  const reopen = vi.fn(async () => new Response(delta(3, 'B') + done(4)));
  const { run, seen, states } = read({ first: new Response(sources + delta(2, 'A') + 'id: 3\nev'), reopen });
  await vi.advanceTimersByTimeAsync(waitsMs[0]);
  await run;
  expect(reopen.mock.calls).toEqual([['a', 2, expect.any(AbortSignal)]]);
  expect({ seen, states }).toEqual({ seen: ['sources', 'A', 'B', 'done'], states: ['lost', 'back'] });
});

it('tries again with growing waits, and throws the last reason when none is left', async () => {
  const reopen = vi.fn(() => Promise.reject(networkError()));
  const { run } = read({ first: new Response(sources), reopen });
  const ended = run.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(waitsMs[0] + waitsMs[1]);
  expect(reopen).toHaveBeenCalledTimes(2);
  await vi.runAllTimersAsync();
  expect(await ended).toMatchObject({ code: 'network' });
  expect(reopen).toHaveBeenCalledTimes(waitsMs.length);
});

it('tries again, too, where the first opening of an answer that is known fails', async () => {
  const reopen = vi.fn(async () => new Response(sources + delta(2, 'A') + done(3)));
  reopen.mockRejectedValueOnce(networkError());
  const { run, seen, states } = read({ id: 'a', reopen });
  await vi.runAllTimersAsync();
  await run;
  expect({ seen, states }).toEqual({ seen: ['sources', 'A', 'done'], states: ['lost', 'back'] });
  const gone = new ApiError({ status: 404, code: 'not_found', message: 'Gone.', retryable: false });
  await expect(read({ id: 'a', reopen: () => Promise.reject(gone) }).run).rejects.toBe(gone);
});

it('counts tries anew once something came', async () => {
  let next = 1;
  const reopen = vi.fn(async () => new Response(next < 20 ? delta(++next, '.') : done(21)));
  const { run, seen } = read({ first: new Response(sources), reopen });
  await vi.runAllTimersAsync();
  await run;
  expect(seen).toHaveLength(21);
});

it('does not try for ever where each stream opens and brings nothing', async () => {
  const reopen = vi.fn(async () => new Response(''));
  const { run } = read({ first: new Response(sources), reopen });
  const ended = run.catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await ended).toBeInstanceOf(ApiError);
});

it("throws the answer's own failure at once", async () => {
  const { run } = read({
    first: new Response(sources + failure(2, 'model_unavailable', true)),
    reopen: never,
  });
  await expect(run).rejects.toMatchObject({ code: 'model_unavailable', retryable: true });
});

it('comes back after a failure of the reading alone, unless nobody makes the rest', async () => {
  const reopen = vi.fn(async () => new Response(done(2)));
  const slow = read({ first: new Response(sources + failure(undefined, 'deadline', true)), reopen });
  await vi.runAllTimersAsync();
  await slow.run;
  expect(slow.seen).toEqual(['sources', 'done']);
  const cut = read({ first: new Response(sources + failure(undefined, 'answer_cut', true)), reopen: never });
  await expect(cut.run).rejects.toMatchObject({ code: 'answer_cut' });
});

it('throws at once where the stream ends before the answer has an id', async () => {
  await expect(read({ first: new Response(''), reopen: never }).run).rejects.toMatchObject({
    code: 'network',
  });
});

it('ends while it waits when nobody wants the answer any more', async () => {
  const { run, controller } = read({ first: new Response(sources), reopen: never });
  const ended = run.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(waitsMs[0] - 1);
  controller.abort('gone');
  expect(await ended).toBe('gone');
  expect(vi.getTimerCount()).toBe(0);
});
