import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { delay } from '../../../../lib/async/delay.ts';
import { createAccess } from '../../../../lib/rag/access/access.ts';
import { createKeyText } from '../../../../lib/rag/access/key-text.ts';
import { RagError, type ErrorCode } from '../../../../lib/rag/errors.ts';
import type { ApiKey } from '../../../../lib/rag/ports/access.ts';
import type { JobMessage } from '../../../../lib/rag/ports/jobs.ts';
import { createFakeBudgets, createFakeKeys, createFakeLimits } from '../../../fakes/access.ts';
import { createCalls } from '../../../fakes/calls.ts';
import { createDesk, type Answer } from './desk.ts';

const options = { signal: new AbortController().signal };
const patienceMs = 5_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

/** The work at jobs by keys with limits, in one place: whatever is in it, the others wait. */
function createPlace(answer?: Answer) {
  const calls = createCalls();
  const keys = createFakeKeys(calls);
  const telemetry = { failed: () => {} };
  const ports = { keys, limits: createFakeLimits(calls), budgets: createFakeBudgets(calls), telemetry };
  const access = createAccess(ports);
  const desk = createDesk({
    ...(answer && { answer }),
    admit: ({ tenant, keyId: id = '' }, question, options) =>
      access.onBehalf({ tenant, id }).admit(question, options),
  });
  const waiting: JobMessage[] = [];
  const turns: { id: string; ms: number; endedAtMs: number }[] = [];
  return {
    ...{ desk, turns },
    /** A job of a new key. */
    bring: async (count: number, limits?: ApiKey['limits']) => {
      const { id, secretHash } = createKeyText('acme');
      const key: ApiKey = { id, tenant: 'acme', name: 'test', scopes: ['ask'], createdAt: '' };
      await keys.create({ ...key, ...(limits && { limits }) }, secretHash, options);
      const created = await desk.create(count, { keyId: id });
      waiting.push(created.message);
      return created.key;
    },
    /** Takes one message after the other, the one that is due first, until there is none. */
    work: async () => {
      for (;;) {
        waiting.push(...desk.queue.sent.splice(0));
        waiting.sort(({ dueAtMs: a = 0 }, { dueAtMs: b = 0 }) => a - b);
        const message = waiting.shift();
        if (!message) return;
        if (turns.length > 100) throw new Error('There is no end to it.');
        vi.setSystemTime(Math.max(Date.now(), message.dueAtMs ?? 0));
        const startedAtMs = Date.now();
        await passing(desk.take(message));
        turns.push({ id: message.id, ms: Date.now() - startedAtMs, endedAtMs: Date.now() });
      }
    },
  };
}

/** Lets time pass until it is done. */
async function passing(taking: Promise<unknown>): Promise<void> {
  const state = { isOpen: true };
  const done = taking.finally(() => {
    state.isOpen = false;
  });
  while (state.isOpen) await vi.advanceTimersByTimeAsync(100);
  await done;
}

describe('the limit of a key', () => {
  it('of one question a minute holds up no other’s job, and is kept', async () => {
    const { desk, turns, bring, work } = createPlace();
    const beganMs = Date.now();
    const slow = await bring(20, { perMinute: 1, burst: 1 });
    const quick = await bring(30);
    await work();

    const quickEnd = turns.findIndex(({ id }) => id === quick.id);
    expect((turns[quickEnd]?.endedAtMs ?? 0) - beganMs).toBeLessThan(1_000);
    expect(turns.slice(0, quickEnd).map(({ id }) => id)).toEqual([slow.id]);
    expect(Math.max(...turns.map(({ ms }) => ms))).toBeLessThan(1_000);

    for (const [key, count] of [[slow, 20] as const, [quick, 30] as const]) {
      const { job, results } = desk.stored(key);
      expect(job.state).toBe('done');
      expect(Array.from(results.values()).every((result) => 'answer' in result)).toBe(true);
      expect(results.size).toBe(count);
    }
    // Asked once each, a minute apart.
    expect(desk.asked).toHaveLength(50);
    const minutes = (Date.now() - beganMs) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(19);
    expect(minutes).toBeLessThan(20);
  });

  it('is waited for in one turn for five seconds in all, and then others have theirs', async () => {
    const { desk, turns, bring, work } = createPlace();
    const slow = await bring(20, { perMinute: 60, burst: 1 });
    const quick = await bring(1);
    await work();
    expect(turns.map(({ id }) => id).slice(0, 2)).toEqual([slow.id, quick.id]);
    const { ms = 0 } = turns[0] ?? {};
    expect(ms).toBeGreaterThan(patienceMs - 1_100);
    for (const { ms } of turns) expect(ms).toBeLessThanOrEqual(patienceMs);
    expect(desk.stored(slow).results.size).toBe(20);
    expect(desk.asked).toHaveLength(21);
  });

  it.each([
    ['for good is asked once', 'forbidden', 1],
    ['by what may pass is asked in four turns', 'answer_cut', 4],
  ] as const)('has no question asked for ever: one that fails %s', async (_, code: ErrorCode, times) => {
    const { desk, bring, work } = createPlace(async () => {
      // By now the limit has closed the turn.
      await delay(100, options);
      throw new RagError(code, 'No.');
    });
    const { id } = await bring(3, { perMinute: 1, burst: 1 });
    await work();
    const { job, results } = desk.stored({ tenant: 'acme', id });
    expect(job.state).toBe('done');
    expect(Array.from(results.values())).toMatchObject(
      Array.from({ length: 3 }, () => ({ error: { code } })),
    );
    expect(desk.asked).toHaveLength(3 * times);
  });

  it('lets a question that failed by what may pass have its answer in a later turn', async () => {
    const { desk, bring, work } = createPlace(async () => {
      await delay(100, options);
      if (desk.asked.length < 4) throw new RagError('answer_cut', 'Later.');
      return 'Yes';
    });
    const key = await bring(3, { perMinute: 1, burst: 1 });
    await work();
    const results = Array.from(desk.stored(key).results.values());
    expect(results.every((result) => 'answer' in result)).toBe(true);
    expect(desk.asked).toHaveLength(6);
  });
});
