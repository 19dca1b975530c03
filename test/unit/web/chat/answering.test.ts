import { expect, it, vi } from 'vitest';
import type { AskEvent } from '../../../../lib/rag/types.ts';
import { networkError } from '../../../../web/api/error.ts';
import { answerTurn } from '../../../../web/chat/answering.ts';
import { newTurn } from '../../../../web/chat/turn.ts';

const sources: AskEvent = { type: 'sources', id: 'a', cached: 'exact', cachedAt: '2026-11-20', sources: [] };
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
      onChange: () => void seen.push(`${turn.state} ${turn.text}`),
    },
  );
  expect(seen).toEqual(['answering ', 'answering A', 'answering AB', 'done AB']);
  expect(turn).toMatchObject({ answerId: 'a', cached: 'exact', cachedAt: '2026-11-20', end });
});

it('keeps what there is of an answer that fails, and why', async () => {
  const turn = newTurn('Why?');
  const all = events(sources, { type: 'delta', text: 'A' }, networkError());
  await answerTurn(turn, all, { signal: new AbortController().signal, onChange: () => undefined });
  expect(turn).toMatchObject({ state: 'failed', text: 'A', problem: { title: 'The connection is lost.' } });
});

it('leaves a turn as it is once nobody follows it', async () => {
  const turn = newTurn('Why?');
  const controller = new AbortController();
  const onChange = vi.fn(() => controller.abort());
  await answerTurn(turn, events(sources, { type: 'delta', text: 'A' }, networkError()), {
    signal: controller.signal,
    onChange,
  });
  expect(turn).toMatchObject({ state: 'answering', text: '' });
  expect(onChange).toHaveBeenCalledTimes(1);
});
