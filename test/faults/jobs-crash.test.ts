import { afterEach, expect, it, vi } from 'vitest';
import type { ModelScript } from '../wire/model-script.ts';
import { says } from '../wire/model-script.ts';
import { openJobsDesk, type JobsDesk } from './jobs-desk.ts';

const options = { signal: new AbortController().signal };
const count = 20;
const texts = Array.from({ length: count }, (_, n) => `What does keeper ${n} write?`);

let desk: JobsDesk;
afterEach(() => desk.close());

/** A model that answers so many questions, and hangs at the others until it is told to go on. */
function createModel(answers: number): { chat: ModelScript['chat']; heal: () => void; asked: string[] } {
  let left = answers;
  const asked: string[] = [];
  return {
    asked,
    heal: () => {
      left = Number.POSITIVE_INFINITY;
    },
    chat: (body) => {
      const text = texts.find((each) => body.messages.at(-1)?.content.includes(each)) ?? '';
      asked.push(text);
      left -= 1;
      return left < 0 ? { kind: 'hang' } : says(`Of ${text} [1]`);
    },
  };
}

it('a function that is killed amid a job, and its message delivered again, ends with each question answered once', async () => {
  const model = createModel(7);
  desk = await openJobsDesk(model.chat);
  const { key, body } = await desk.create(texts);

  const first = await desk.deliver(body);
  await vi.waitFor(async () => expect(await desk.jobs.results(key, options)).toHaveLength(7), {
    timeout: 60_000,
  });
  first.process.kill('SIGKILL');
  expect(await first.answer).toBeUndefined();
  const known = await desk.jobs.results(key, options);
  expect(known).toHaveLength(7);
  expect(await desk.jobs.get(key, options)).toMatchObject({ state: 'running' });

  // At once, the lease of the dead is not over: the message is sent on, and nothing is asked.
  model.heal();
  model.asked.length = 0;
  const early = await desk.deliver(body, { attempt: 2 });
  expect(await early.answer).toEqual({ batchItemFailures: [] });
  expect(model.asked).toEqual([]);
  expect(await desk.jobs.results(key, options)).toHaveLength(7);

  const later = await desk.deliver(body, { attempt: 2, aheadMs: 60_000 });
  expect(await later.answer).toEqual({ batchItemFailures: [] });
  expect(await desk.jobs.get(key, options)).toMatchObject({ state: 'done' });
  const results = await desk.jobs.results(key, options);
  expect(results.map(({ index }) => index)).toEqual(texts.map((_, index) => index));
  for (const result of results) {
    expect(result).toMatchObject({
      answer: { answer: `Of ${texts[result.index]} [1]`, finishReason: 'stop', citations: [1] },
    });
  }
  // What was there stayed as it was, and was not asked again.
  expect(results.filter(({ index }) => known.some((each) => each.index === index))).toEqual(known);
  expect(model.asked).toHaveLength(count - 7);
  expect(new Set(model.asked).size).toBe(count - 7);
}, 180_000);

it('a job whose function is killed each time fails with its reason, and keeps what was answered', async () => {
  const model = createModel(3);
  desk = await openJobsDesk(model.chat);
  const { key, body } = await desk.create(texts);
  for (const attempt of [1, 2, 3]) {
    const aheadMs = attempt * 120_000;
    const { process, answer } = await desk.deliver(body, { attempt, aheadMs });
    // What was answered is stored, and something is under way.
    await vi.waitFor(
      async () => {
        expect(await desk.jobs.results(key, options)).toHaveLength(3);
        expect(model.asked.length).toBeGreaterThan(3);
      },
      { timeout: 60_000 },
    );
    model.asked.length = 3;
    process.kill('SIGKILL');
    await answer;
  }
  const { answer } = await desk.deliver(body, { attempt: 4, aheadMs: 480_000 });
  // The message is to go to the dead letters.
  expect((await answer)?.batchItemFailures).toHaveLength(1);
  expect(await desk.jobs.get(key, options)).toMatchObject({
    ...{ state: 'failed', endedAt: expect.any(String), reason: { code: 'interrupted' } },
  });
  expect(await desk.jobs.results(key, options)).toHaveLength(3);
}, 180_000);
