import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { createDesk } from './desk.ts';

afterEach(() => void vi.useRealTimers());

const texts = (count: number) => Array.from({ length: count }, (_, n) => `Q${n}`);

describe('a job', () => {
  it('is stored with its questions, and then sent', async () => {
    const desk = createDesk();
    const { id, state, key, message } = await desk.create(3);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(state).toBe('queued');
    expect(message).toEqual({ tenant: 'acme', id });
    expect(desk.calls.all.map(({ name }) => name)).toEqual(['jobs.create', 'queue.send']);
    expect(desk.stored(key).questions.map(({ text }) => text)).toEqual(texts(3));
  });

  it('is done when all of its questions have an answer', async () => {
    const desk = createDesk();
    const { key, message } = await desk.create(3);
    expect(await desk.take(message)).toBe('done');
    const { job, results, lease } = desk.stored(key);
    expect(job).toMatchObject({ state: 'done', endedAt: expect.any(String) });
    expect(lease).toBeUndefined();
    expect(Array.from(results.values())).toMatchObject(
      texts(3).map((text, index) => ({
        ...{ index, answer: { answer: `About ${text}`, finishReason: 'stop', id: 'answer', sources: [] } },
      })),
    );
    expect(desk.queue.sent).toEqual([]);
  });

  it('is said to run while it runs, and keeps each result as it comes', async () => {
    const gate = Promise.withResolvers<string>();
    const desk = createDesk({ answer: async ({ text }) => (text === 'Q1' ? gate.promise : 'Yes') });
    const { key, message } = await desk.create(3);
    const taking = desk.take(message);
    await desk.calls.made('jobs.addResult', 2);
    await vi.waitFor(() => expect(Array.from(desk.stored(key).results.keys())).toEqual([0, 2]));
    expect(desk.stored(key).job.state).toBe('running');
    gate.resolve('At last');
    expect(await taking).toBe('done');
  });

  it('asks eight at once and no more', async () => {
    let open = 0;
    let most = 0;
    const answer = async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise(setImmediate);
      open -= 1;
      return 'Yes';
    };
    const desk = createDesk({ answer });
    const { message } = await desk.create(40);
    await desk.take(message);
    expect(most).toBe(8);
    expect(desk.asked.toSorted()).toEqual(texts(40).toSorted());
  });

  it('asks on behalf of its key, and books what was used', async () => {
    const desk = createDesk();
    const { message } = await desk.create(2);
    await desk.take(message);
    const one = { tenant: 'acme', keyId: 'key', collection: 'hr', tokens: expect.any(Number) };
    expect(desk.admitted).toEqual([one, one]);
    expect(desk.settled).toEqual([expect.anything(), expect.anything()]);
  });

  it('asks nothing before it may', async () => {
    const desk = createDesk({
      admit: async () => {
        throw new RagError('budget_exhausted', 'No more.');
      },
    });
    const { key, message } = await desk.create(1);
    expect(await desk.take(message)).toBe('done');
    expect(desk.stored(key).results.get(0)).toMatchObject({ error: { code: 'budget_exhausted' } });
    expect(desk.asked).toEqual([]);
  });

  it('is counted when it ends, as each of its questions is', async () => {
    const desk = createDesk({
      answer: async ({ text }) => {
        if (text === 'Q0') throw new RagError('forbidden', 'Not you.');
        return 'Yes';
      },
    });
    const { message } = await desk.create(3);
    await desk.take(message);
    await desk.take(message);
    const answered = { what: 'question', outcome: 'answered' };
    expect(desk.telemetry.works).toHaveLength(4);
    expect(desk.telemetry.works).toEqual(
      expect.arrayContaining([answered, { what: 'question', outcome: 'failed' }]),
    );
    expect(desk.telemetry.works.at(-1)).toEqual({ what: 'job', outcome: 'done' });
  });
});

describe('a message that comes again', () => {
  it('does nothing where the job has ended', async () => {
    const desk = createDesk();
    const { key, message } = await desk.create(2);
    await desk.take(message);
    const { endedAt } = desk.stored(key).job;
    expect(await desk.take(message)).toBe('unchanged');
    expect(desk.asked).toHaveLength(2);
    expect(desk.stored(key).job.endedAt).toBe(endedAt);
  });

  it('asks only what has no answer yet', async () => {
    const desk = createDesk();
    const { key, message } = await desk.create(3);
    await desk.jobs.addResult(key, { index: 1, answer: {} }, { signal: new AbortController().signal });
    expect(await desk.take(message)).toBe('done');
    expect(desk.asked).toEqual(['Q0', 'Q2']);
  });

  it('waits for the end of a lease while another is at it', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const gate = Promise.withResolvers<string>();
    const desk = createDesk({ answer: () => gate.promise });
    const { message } = await desk.create(1);
    const first = desk.take(message);
    await desk.calls.made('jobs.questions');
    expect(await desk.take(message)).toBe('waiting');
    expect(desk.queue.sent).toEqual([{ ...message, dueAtMs: Date.now() + 60_000 }]);
    gate.resolve('Yes');
    expect(await first).toBe('done');
    expect(desk.asked).toEqual(['Q0']);
  });

  it('is forgotten where there is no such job any more', async () => {
    const desk = createDesk();
    expect(await desk.take({ tenant: 'acme', id: 'f'.repeat(32) })).toBe('gone');
    expect(desk.queue.sent).toEqual([]);
  });
});

describe('a job for which the time is not enough', () => {
  it('ends what it has begun, and hands on the rest when it is free', async () => {
    const closing = new AbortController();
    const desk = createDesk({
      answer: async ({ text }) => {
        if (text === 'Q7') closing.abort();
        return 'Yes';
      },
    });
    const { key, message } = await desk.create(20);
    let wasHeld: boolean | undefined;
    desk.calls.before('queue.send', () => {
      wasHeld = desk.stored(key).lease !== undefined;
    });
    expect(await desk.take(message, { closing: closing.signal })).toBe('continued');
    const begun = desk.asked.length;
    expect(begun).toBeLessThan(20);
    expect(desk.stored(key).results.size).toBe(begun);
    expect(desk.stored(key).job.state).toBe('running');
    expect(desk.queue.sent).toEqual([message]);
    expect(wasHeld).toBe(false);

    expect(await desk.take(message)).toBe('done');
    expect(desk.asked.toSorted()).toEqual(texts(20).toSorted());
  });
});

describe('a question that fails', () => {
  const timers = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });

  it('has its error as the result where trying again makes no sense, and harms no other', async () => {
    const desk = createDesk({
      answer: async ({ text }) => {
        if (text === 'Q0') throw new RagError('forbidden', 'Not you.');
        if (text === 'Q1') throw new TypeError('secret');
        return 'Yes';
      },
    });
    const { key, message } = await desk.create(3);
    expect(await desk.take(message)).toBe('done');
    expect(Array.from(desk.stored(key).results.values())).toMatchObject([
      { index: 0, error: { code: 'forbidden', message: 'Not you.', retryable: false } },
      { index: 1, error: { code: 'internal', message: expect.not.stringContaining('secret') } },
      { index: 2, answer: { answer: 'Yes' } },
    ]);
    expect(desk.asked).toHaveLength(3);
    expect(desk.telemetry.failures).toHaveLength(1);
    // Booked, too: a failure may have cost something.
    expect(desk.settled).toHaveLength(3);
  });

  it('is asked four times where it may pass', async () => {
    timers();
    const desk = createDesk({
      answer: async () => {
        throw new RagError('model_busy', 'Later.');
      },
    });
    const { key, message } = await desk.create(1);
    const taking = desk.take(message);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await taking).toBe('done');
    expect(desk.asked).toHaveLength(4);
    expect(desk.stored(key).results.get(0)).toMatchObject({ error: { code: 'model_busy', retryable: true } });
  });

  it('is left to the next run where the time is over before it may be tried again', async () => {
    const closing = new AbortController();
    const desk = createDesk({
      answer: async () => {
        closing.abort();
        throw new RagError('rate_limited', 'Later.', { retryAfterMs: 60_000 });
      },
    });
    const { key, message } = await desk.create(1);
    expect(await desk.take(message, { closing: closing.signal })).toBe('continued');
    expect(desk.stored(key).results.size).toBe(0);
  });
});

describe('a job that another took over', () => {
  it('is let go of: nothing more is asked', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const desk = createDesk({ answer: (_, { signal }) => untilAborted(signal) });
    const { key, message } = await desk.create(20);
    const taking = desk.take(message);
    taking.catch(() => {});
    await vi.advanceTimersByTimeAsync(1);
    desk.stored(key).lease = { holder: 'another', untilMs: Date.now() + 60_000 };
    await vi.advanceTimersByTimeAsync(20_000);
    await expect(taking).rejects.toMatchObject({ code: 'conflict' });
    expect(desk.asked).toHaveLength(8);
    expect(desk.stored(key).results.size).toBe(0);
    expect(desk.stored(key).lease?.holder).toBe('another');
  });

  it('stays ours while the lease is renewed, also when that fails once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const gate = Promise.withResolvers<string>();
    const desk = createDesk({ answer: () => gate.promise });
    const { key, message } = await desk.create(1);
    const taking = desk.take(message);
    await vi.advanceTimersByTimeAsync(30_000);
    desk.calls.before('jobs.renew', () => {
      throw new RagError('storage_unavailable', 'Later.');
    });
    await vi.advanceTimersByTimeAsync(20_000);
    desk.calls.before('jobs.renew', undefined);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(desk.stored(key).lease?.untilMs).toBeGreaterThan(Date.now());
    gate.resolve('Yes');
    expect(await taking).toBe('done');
  });
});

describe('a result that cannot be stored', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
  const down = new RagError('storage_unavailable', 'The database did not answer.');
  const failing = async (count = 2, fails: (index: number) => boolean = () => true) => {
    const gate = Promise.withResolvers<string>();
    const desk = createDesk({
      answer: async ({ text }, { signal }) =>
        text === 'Q1' ? Promise.race([gate.promise, untilAborted(signal)]) : 'Yes',
    });
    const created = await desk.create(count);
    desk.calls.before('jobs.addResult', ({ input }) => {
      if (fails((input as { result: { index: number } }).result.index)) throw down;
    });
    return { desk, gate, ...created };
  };
  const failed = async (taking: Promise<unknown>) => {
    const error = taking.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(60_000);
    return error;
  };

  it('is tried four times, since it has been paid for', async () => {
    let left = 3;
    const { desk, key, message } = await failing(1, () => {
      left -= 1;
      return left >= 0;
    });
    const taking = desk.take(message);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await taking).toBe('done');
    expect(desk.asked).toEqual(['Q0']);
    expect(desk.stored(key).results.size).toBe(1);
  });

  it('ends the run with its reason noted and the job free', async () => {
    const { desk, gate, key, message } = await failing();
    gate.resolve('Yes');
    expect(await failed(desk.take(message))).toBe(down);
    const { job, lease } = desk.stored(key);
    expect(job).toMatchObject({ state: 'running', reason: { code: 'storage_unavailable' } });
    expect(lease).toBeUndefined();
    expect(desk.telemetry.works).toEqual([]);
  });

  it('lets those end that were begun beside it, whose results are kept, and none begin', async () => {
    const { desk, gate, key, message } = await failing(20, (index) => index === 0);
    const taking = desk.take(message);
    taking.catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    const begun = desk.asked.length;
    gate.resolve('At last');
    await expect(taking).rejects.toBe(down);
    expect(desk.asked).toHaveLength(begun);
    const stored = Array.from(desk.stored(key).results.keys());
    expect(stored).toContain(1);
    expect(stored).toHaveLength(begun - 1);

    desk.calls.before('jobs.addResult', undefined);
    expect(await desk.take(message, { attempt: 2 })).toBe('done');
    expect(desk.asked).toHaveLength(21);
    expect(desk.asked.filter((text) => text === 'Q0')).toHaveLength(2);
  });

  it('ends the job with that reason once the tries are used up, and the message with the dead letters', async () => {
    const { desk, gate, key, message } = await failing();
    gate.resolve('Yes');
    for (const attempt of [1, 2, 3]) expect(await failed(desk.take(message, { attempt }))).toBe(down);
    const asked = desk.asked.length;
    await expect(desk.take(message, { attempt: 4 })).rejects.toMatchObject({ code: 'interrupted' });
    expect(desk.stored(key).job).toMatchObject({
      ...{ state: 'failed', endedAt: expect.any(String), reason: { code: 'storage_unavailable' } },
    });
    expect(desk.asked).toHaveLength(asked);
    expect(desk.telemetry.works).toEqual([{ what: 'job', outcome: 'failed' }]);
  });
});

describe('a message past its tries', () => {
  it('fails the job as `interrupted` where each try ended the process', async () => {
    const desk = createDesk();
    const { key, message } = await desk.create(1, { hasWebhook: true });
    await expect(desk.take(message, { attempt: 4 })).rejects.toMatchObject({ code: 'interrupted' });
    expect(desk.stored(key).job).toMatchObject({ state: 'failed', reason: { code: 'interrupted' } });
    expect(desk.queue.sent).toEqual([{ ...message, attempt: 1, dueAtMs: expect.any(Number) }]);
  });

  it('about a job that has ended is done with', async () => {
    const desk = createDesk();
    const { key, message } = await desk.create(1);
    await desk.take(message);
    const { job } = structuredClone(desk.stored(key));
    expect(await desk.take(message, { attempt: 4 })).toBe('unchanged');
    expect(desk.stored(key).job).toEqual(job);
  });
});

/** Rejects when the signal aborts, with its reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
