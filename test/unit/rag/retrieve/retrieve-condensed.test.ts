import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { retrieveCondensed } from '../../../../lib/rag/retrieve/retrieve-condensed.ts';
import type { Turn } from '../../../../lib/rag/types.ts';
import { createCalls } from '../../../fakes/calls.ts';
import { createFakeChat, finish } from '../../../fakes/chat.ts';
import { startFakeRun } from '../../../fakes/run.ts';
import { question } from '../../../fakes/world.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const history: readonly Turn[] = [{ role: 'user', content: 'How long are answers kept?' }];
const whole = 'Why are answers kept?';
const broken = new RagError('model_unavailable', 'No model.');

function start({ reply = whole, turns = history } = {}) {
  const calls = createCalls();
  const chat = createFakeChat(calls, () => [reply, finish]);
  const { run, caller } = startFakeRun();
  const retrieving = () =>
    retrieveCondensed(chat, run, question('And why?', { history: turns }), run.signal, (text, signal) =>
      calls.take(`retrieve ${text}`, text, signal, () => `hits for ${text}`),
    );
  return { calls, run, caller, retrieving };
}

it('without a history there is one retrieval, no call of the model and no step', async () => {
  const { calls, run, retrieving } = start({ turns: [] });
  expect(await retrieving()).toBe('hits for And why?');
  expect(calls.all.map(({ name }) => name)).toEqual(['retrieve And why?']);
  expect(run.timeline.timing().steps).toEqual({});
});

describe('with a history', () => {
  it('retrieval of the question as asked runs beside the rewriting, and ends once the other is there', async () => {
    const { calls, run, retrieving } = start();
    calls.hold('retrieve And why?');
    const model = calls.hold('chat.open');
    const found = retrieving();
    await calls.made('chat.open');
    expect(calls.open()).toEqual(['chat.open', 'retrieve And why?']);
    model.release();
    expect(await found).toBe(`hits for ${whole}`);
    expect(calls.of('retrieve And why?')[0]!.signal.aborted).toBe(true);
    expect([Array.from(run.degraded), Object.keys(run.timeline.timing().steps)]).toEqual([[], ['condense']]);
  });

  it('a question that needs no rewriting is not retrieved twice', async () => {
    const { calls, retrieving } = start({ reply: 'And why?' });
    expect(await retrieving()).toBe('hits for And why?');
    expect(calls.all.filter(({ name }) => name.startsWith('retrieve'))).toHaveLength(1);
  });

  it.each(['chat.open', 'chat.next', `retrieve ${whole}`])(
    'goes on with the question as asked when %s fails, and says so',
    async (call) => {
      const { calls, run, retrieving } = start();
      calls.before(call, () => Promise.reject(broken));
      expect(await retrieving()).toBe('hits for And why?');
      expect(Array.from(run.degraded)).toEqual(['condense']);
    },
  );

  it.each(['chat.open', `retrieve ${whole}`])('gives up %s after 2.5 s, and ends it', async (call) => {
    const { calls, run, retrieving } = start();
    calls.hold(call);
    const found = retrieving();
    const { signal } = await calls.made(call);
    await vi.advanceTimersByTimeAsync(2_499);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal.aborted).toBe(true);
    expect(await found).toBe('hits for And why?');
    expect(Array.from(run.degraded)).toEqual(['condense']);
  });

  it('does without the question as asked when only that fails', async () => {
    const { calls, run, retrieving } = start();
    calls.before('retrieve And why?', () => Promise.reject(broken));
    expect(await retrieving()).toBe(`hits for ${whole}`);
    expect(run.degraded.size).toBe(0);
  });

  it('fails with the failure of the question as asked when both ways do', async () => {
    const { calls, retrieving } = start();
    const own = new RagError('storage_unavailable', 'No database.');
    calls.before('retrieve And why?', () => Promise.reject(own));
    calls.before('chat.open', () => Promise.reject(broken));
    await expect(retrieving()).rejects.toBe(own);
  });

  it('a caller who leaves ends all of it, and nothing counts as degraded', async () => {
    const { calls, run, caller, retrieving } = start();
    calls.hold('chat.open');
    calls.hold('retrieve And why?');
    const found = retrieving();
    const reason = new Error('left');
    caller.abort(reason);
    await expect(found).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(0);
    expect([calls.open(), run.degraded.size]).toEqual([[], 0]);
  });
});
