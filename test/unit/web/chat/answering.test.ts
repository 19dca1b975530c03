import { expect, it, vi } from 'vitest';
import type { AskEvent } from '../../../../lib/rag/types.ts';
import { ApiError, networkError } from '../../../../web/api/error.ts';
import { answerTurn } from '../../../../web/chat/answering.ts';
import { canResume, newTurn } from '../../../../web/chat/turn.ts';

const sources: AskEvent = { type: 'sources', id: 'a', cached: 'exact', cachedAt: '2026-11-20', sources: [] };
const stop = async () => undefined;
const end = {
  ...{ finishReason: 'stop' as const, citations: [], servedBy: 'm', degraded: [] },
  usage: { promptTokens: 0, completionTokens: 0 },
  timing: { steps: {}, firstTokenMs: 1, totalMs: 2 },
};

async function* events(...all: (AskEvent | Error)[]) {
  for (const one of all) {
    if (one instanceof Error) throw one;
    yield one;
  }
}

it('writes an answer into its turn, event by event', async () => {
  const turn = newTurn('Why?');
  const seen: string[] = [];
  await answerTurn(
    turn,
    events(sources, { type: 'delta', text: 'A' }, { type: 'delta', text: 'B' }, { type: 'done', ...end }),
    {
      signal: new AbortController().signal,
      stop,
      onChange: () => void seen.push(`${turn.state} ${turn.text}`),
    },
  );
  expect(seen).toEqual(['answering ', 'answering A', 'answering AB', 'done AB']);
  expect(turn).toMatchObject({ answerId: 'a', cached: 'exact', cachedAt: '2026-11-20', end });
});

it('keeps what there is of an answer that fails, and why', async () => {
  const turn = newTurn('Why?');
  const all = events(sources, { type: 'delta', text: 'A' }, networkError());
  await answerTurn(turn, all, { signal: new AbortController().signal, stop, onChange: () => undefined });
  expect(turn).toMatchObject({ state: 'failed', text: 'A', problem: { title: 'The connection is lost.' } });
  expect(canResume(turn)).toBe(true);
});

it('can only go on with an answer that began, and whose connection alone was lost', async () => {
  const [unknown, broken] = [newTurn('Why?'), newTurn('Why?')];
  const { signal } = new AbortController();
  await answerTurn(unknown, events(networkError()), { signal, stop, onChange: () => undefined });
  const cut = new ApiError({ status: 200, code: 'answer_cut', message: 'It was cut.', retryable: true });
  await answerTurn(broken, events(sources, cut), { signal, stop, onChange: () => undefined });
  expect([unknown.state, canResume(unknown)]).toEqual(['failed', false]);
  expect([broken.state, canResume(broken)]).toEqual(['failed', false]);
});

it('leaves a turn as it is once nobody follows it', async () => {
  const turn = newTurn('Why?');
  const controller = new AbortController();
  const onChange = vi.fn(() => controller.abort());
  await answerTurn(turn, events(sources, { type: 'delta', text: 'A' }, networkError()), {
    signal: controller.signal,
    stop,
    onChange,
  });
  expect(turn).toMatchObject({ state: 'answering', text: '' });
  expect(onChange).toHaveBeenCalledTimes(1);
});

it('stops an answer as soon as it has an id, where its turn was over before', async () => {
  const turn = { ...newTurn('Why?'), state: 'done' as const };
  const [onChange, stopped] = [vi.fn(), vi.fn(stop)];
  const over = vi.fn();
  async function* long() {
    try {
      yield* events(sources, { type: 'delta', text: 'A' }, { type: 'done', ...end });
    } finally {
      over();
    }
  }
  const { signal } = new AbortController();
  await answerTurn(turn, long(), { signal, stop: stopped, onChange });
  expect([stopped.mock.calls, onChange.mock.calls.length, over.mock.calls.length]).toEqual([[['a']], 0, 1]);
  await answerTurn(turn, events(networkError()), { signal, stop: stopped, onChange });
  await answerTurn(turn, long(), { signal, stop: () => Promise.reject(networkError()), onChange });
  expect(turn).toEqual({ ...newTurn('Why?'), state: 'done' });
});
