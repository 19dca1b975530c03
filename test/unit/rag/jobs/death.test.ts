import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobMessage } from '../../../../lib/rag/ports/jobs.ts';
import { createDesk } from './desk.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

type Desk = ReturnType<typeof createDesk>;

const ports = [
  ...['jobs.get', 'jobs.questions', 'jobs.results', 'jobs.claim', 'jobs.release', 'jobs.addResult'],
  ...['jobs.renew', 'jobs.update', 'queue.send', 'secrets.get', 'sender.send'],
];

/** From its `at`th call on, counted over all ports, nothing that the process does gets through. */
function dieAt(desk: Desk, at: number): void {
  const died = new Error('The process has died.');
  let count = 0;
  for (const port of ports) {
    desk.calls.before(port, () => {
      count += 1;
      if (count >= at) throw died;
    });
  }
}

function revive(desk: Desk): void {
  for (const port of ports) desk.calls.before(port, undefined);
}

/** Delivers what lies in the queue, and what that sends on, when it is due. */
async function deliverAll(desk: Desk, messages: readonly JobMessage[]): Promise<void> {
  const open = [...messages];
  for (let message = open.shift(); message; message = open.shift()) {
    vi.setSystemTime(Math.max(Date.now(), message.dueAtMs ?? 0));
    await desk.take(message, { attempt: 2 });
    open.push(...desk.queue.sent.splice(0));
  }
}

async function cleanRun() {
  const desk = createDesk();
  const { message } = await desk.create(4, { hasWebhook: true });
  const before = desk.calls.all.length;
  await deliverAll(desk, [message]);
  return desk.calls.all.length - before;
}

describe('a process that dies at any of its calls, and its message delivered again', () => {
  it('ends with each question answered once, and with the webhook delivered', async () => {
    const calls = await cleanRun();
    expect(calls).toBeGreaterThan(15);
    for (let at = 1; at <= calls; at += 1) {
      const desk = createDesk();
      const { key, message } = await desk.create(4, { hasWebhook: true });
      dieAt(desk, at);
      let died = message;
      for (let next: JobMessage | undefined = message; next; next = desk.queue.sent.shift()) {
        died = next;
        const hasDied = await desk.take(next).then(
          () => false,
          () => true,
        );
        if (hasDied) break;
      }
      revive(desk);
      const known = Array.from(desk.stored(key).results.keys());
      const asked = desk.asked.length;
      // What it sent before it died is there, and its own message comes again.
      await deliverAll(desk, [...desk.queue.sent.splice(0), died]);

      const { job, results } = desk.stored(key);
      expect(job, `at call ${at}`).toMatchObject({ state: 'done', delivery: { state: 'delivered' } });
      expect(
        Array.from(results.keys()).toSorted((a, b) => a - b),
        `at call ${at}`,
      ).toEqual([0, 1, 2, 3]);
      expect(desk.asked.slice(asked), `at call ${at}`).toHaveLength(4 - known.length);
      expect(desk.sender.sent.length, `at call ${at}`).toBeLessThanOrEqual(2);
    }
  });
});
