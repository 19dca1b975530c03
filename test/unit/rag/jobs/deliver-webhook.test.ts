import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import type { JobMessage, WebhookOutcome } from '../../../../lib/rag/ports/jobs.ts';
import { createDesk, url } from './desk.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const refused: WebhookOutcome = { isDelivered: false, status: 503, reason: 'It said 503.', isFinal: false };

type Desk = ReturnType<typeof createDesk>;

/** A job that has ended, and the message for its first attempt. */
async function ended(desk: Desk, count = 2) {
  const created = await desk.create(count, { hasWebhook: true });
  expect(await desk.take(created.message)).toBe('done');
  return { ...created, first: next(desk) };
}

/** Takes the one message off the queue, when it is due. */
function next(desk: Desk): JobMessage {
  const [message, ...others] = desk.queue.sent.splice(0);
  if (!message || others.length > 0) throw new Error('There is not one message.');
  vi.setSystemTime(message.dueAtMs ?? 0);
  return message;
}

/** What was counted of webhooks. */
const webhooks = (desk: Desk) => desk.telemetry.works.filter(({ what }) => what === 'webhook');

describe('the webhook of a job', () => {
  it('is sent for before the end is noted, so that it is not forgotten', async () => {
    const desk = createDesk();
    const { message, key } = await desk.create(1, { hasWebhook: true });
    const died = new RagError('storage_unavailable', 'The process died here.');
    desk.calls.before('jobs.update', ({ input }) => {
      if ('endedAt' in (input as { change: object }).change) throw died;
    });
    await expect(desk.take(message)).rejects.toBe(died);
    // What came too early is not about an end.
    const early = next(desk);
    expect(await desk.take(early)).toBe('unchanged');
    expect(desk.sender.sent).toEqual([]);
    desk.calls.before('jobs.update', undefined);
    expect(await desk.take(message, { attempt: 2 })).toBe('done');
    expect(await desk.take(next(desk))).toBe('delivered');
    expect(desk.stored(key).job.delivery).toEqual({ state: 'delivered', attempts: 1, status: 204 });
  });

  it('tells the job with its results, and is signed with the secret of its key', async () => {
    const desk = createDesk();
    const { id, key, first, secret } = await ended(desk);
    expect(await desk.take(first)).toBe('delivered');
    const [sent] = desk.sender.sent;
    expect(sent).toMatchObject({ url, id, secret });
    const { job, results } = desk.stored(key);
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      type: 'job.done',
      timestamp: job.endedAt,
      data: { id, state: 'done', questions: 2, results: Array.from(results.values()) },
    });
  });

  it('names the path instead of results that are more than 256 KB', async () => {
    const desk = createDesk({ answer: async () => 'ä'.repeat(14_000) });
    const { id, first } = await ended(desk, 10);
    await desk.take(first);
    const body = desk.sender.sent[0]?.body ?? '';
    expect(JSON.parse(body).data).toEqual({ id, state: 'done', questions: 10, path: `/jobs/${id}` });
  });

  it('tells of a job that failed, and why', async () => {
    const desk = createDesk();
    const { message, id } = await desk.create(1, { hasWebhook: true });
    await expect(desk.take(message, { attempt: 4 })).rejects.toMatchObject({ code: 'interrupted' });
    await desk.take(next(desk));
    expect(JSON.parse(desk.sender.sent[0]?.body ?? '')).toMatchObject({
      type: 'job.failed',
      data: { id, state: 'failed', reason: { code: 'interrupted' }, results: [] },
    });
  });
});

describe('a webhook that is not taken', () => {
  it('is tried again for a day, less and less often, and says how it stands', async () => {
    const desk = createDesk({ outcome: () => refused });
    const { key, first } = await ended(desk);
    const beganMs = Date.now();
    const gapsMs: number[] = [];
    let message = first;
    let outcome = await desk.take(message);
    while (outcome === 'retried') {
      const attempts = desk.sender.sent.length;
      const failedMs = Date.now();
      message = next(desk);
      const { dueAtMs = 0 } = message;
      expect(desk.stored(key).job.delivery).toEqual({
        ...{ state: 'pending', attempts, status: 503, reason: 'It said 503.' },
        nextAt: new Date(dueAtMs).toISOString(),
      });
      gapsMs.push(dueAtMs - failedMs);
      outcome = await desk.take(message);
    }
    expect(outcome).toBe('undelivered');
    expect(gapsMs).toEqual(gapsMs.toSorted((a, b) => a - b));
    const hours = (Date.now() - beganMs) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThanOrEqual(24);
    expect(desk.stored(key).job.delivery).toEqual({
      ...{ state: 'failed', attempts: gapsMs.length + 1, status: 503, reason: 'It said 503.' },
    });
    expect(desk.queue.sent).toEqual([]);
    expect(new Set(desk.sender.sent.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
  });

  it('is taken in the end', async () => {
    const desk = createDesk({
      outcome: (attempt) => (attempt < 3 ? refused : { isDelivered: true, status: 200 }),
    });
    const { key, first } = await ended(desk);
    let message = first;
    while ((await desk.take(message)) === 'retried') {
      message = next(desk);
    }
    expect(desk.stored(key).job.delivery).toEqual({ state: 'delivered', attempts: 3, status: 200 });
    expect(webhooks(desk)).toEqual([{ what: 'webhook', outcome: 'delivered' }]);
  });

  it('is left alone where trying again makes no sense', async () => {
    const desk = createDesk({ outcome: () => ({ ...refused, isFinal: true }) });
    const { key, first } = await ended(desk);
    expect(await desk.take(first)).toBe('undelivered');
    expect(desk.stored(key).job.delivery).toMatchObject({ state: 'failed', attempts: 1 });
    expect(desk.queue.sent).toEqual([]);
    expect(webhooks(desk)).toEqual([{ what: 'webhook', outcome: 'failed' }]);
  });
});

describe('a message about a webhook', () => {
  it('that comes too early is sent on', async () => {
    const desk = createDesk({ outcome: () => refused });
    const { first } = await ended(desk);
    await desk.take(first);
    const second = next(desk);
    vi.setSystemTime(Date.now() - 1);
    expect(await desk.take(second)).toBe('waiting');
    expect(desk.queue.sent).toEqual([second]);
    expect(desk.sender.sent).toHaveLength(1);
  });

  it('waits for whoever is about to note the end', async () => {
    const desk = createDesk();
    const { key, first } = await ended(desk);
    desk.stored(key).lease = { holder: 'another', untilMs: Date.now() + 60_000 };
    expect(await desk.take(first)).toBe('waiting');
    expect(desk.queue.sent).toEqual([{ ...first, dueAtMs: Date.now() + 5_000 }]);
    expect(desk.sender.sent).toEqual([]);
  });

  it('that comes again makes no second attempt', async () => {
    const desk = createDesk({ outcome: () => refused });
    const { first } = await ended(desk);
    await desk.take(first);
    next(desk);
    expect(await desk.take(first, { attempt: 2 })).toBe('unchanged');
    expect(desk.sender.sent).toHaveLength(1);
    expect(desk.queue.sent).toEqual([]);
  });

  it('is followed by the next even if the process dies right after an attempt', async () => {
    const desk = createDesk({ outcome: () => refused });
    const { key, first } = await ended(desk);
    const died = new RagError('storage_unavailable', 'The process died here.');
    desk.calls.before('jobs.update', () => {
      throw died;
    });
    await expect(desk.take(first)).rejects.toBe(died);
    expect(next(desk)).toMatchObject({ attempt: 2 });
    desk.calls.before('jobs.update', undefined);
    // An attempt of which nobody knows is made again: receivers know it by its id.
    expect(await desk.take(first, { attempt: 2 })).toBe('retried');
    expect(desk.stored(key).job.delivery).toMatchObject({ state: 'pending', attempts: 1 });
  });

  it('gives the webhook up once its tries are used up', async () => {
    const desk = createDesk();
    const { key, first } = await ended(desk);
    await expect(desk.take(first, { attempt: 4 })).rejects.toMatchObject({ code: 'interrupted' });
    const { job } = desk.stored(key);
    expect(job).toMatchObject({ state: 'done', delivery: { state: 'failed', attempts: 0 } });
    expect(desk.sender.sent).toEqual([]);
    expect(webhooks(desk)).toEqual([{ what: 'webhook', outcome: 'failed' }]);
    // There is nothing left that it could be about.
    expect(await desk.take(first, { attempt: 4 })).toBe('unchanged');
  });
});
