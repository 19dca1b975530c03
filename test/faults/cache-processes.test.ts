import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Timing } from '../../lib/rag/types.ts';
import { ask, type Asked } from '../wire/ask-client.ts';
import { answer, startProcesses, type ProcessOfMany, type Processes } from './cache-processes.ts';

let processes: Processes;
beforeAll(async () => {
  processes = await startProcesses(4);
});
afterAll(() => processes.close());
beforeEach(() => processes.clear());

/** Less than anybody would wait who did not notice that the lease has run out, in milliseconds. */
const takeoverLimitMs = 15_000;

/**
 * How long a question that is ready for the model waits for the cache, how long a step of the cache may take, and how long
 * one who waits for another waits at least; a little less than the product says, for timers that come early.
 */
const patienceMs = 95;
const cacheBudgetMs = 950;
const lookMs = 145;

/** Asks each of the processes so often, all at once. */
function askAll(askedOnes: readonly ProcessOfMany[], question: string, times: number): Promise<Asked[]> {
  const urls = askedOnes.flatMap(({ product }) => Array.from({ length: times }, () => product.url));
  return Promise.all(urls.map((url) => ask(url, { question })));
}

function expectAnswered(asked: readonly Asked[]): void {
  expect(new Set(asked.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set([`200 ${answer}`]));
  expect(new Set(asked.map(({ done }) => done?.finishReason))).toEqual(new Set(['stop']));
}

it('500 who ask one process the same cost one call of the model', async () => {
  const [{ product }] = processes.all as [ProcessOfMany];
  const { chat } = processes.script;
  const everyoneIsThere = Promise.withResolvers<void>();
  processes.script.chat = (body) => ({ ...chat(body), until: everyoneIsThere.promise });
  const body = JSON.stringify({ question: 'Which colour has the door?', stream: true });
  const headers = { 'content-type': 'application/json' };
  // A response begins with what the answer rests on, while the model has not said a word.
  const responses = await Promise.all(
    Array.from({ length: 500 }, () => fetch(`${product.url}/ask`, { method: 'POST', headers, body })),
  );
  everyoneIsThere.resolve();
  const streams = await Promise.all(responses.map((response) => response.text()));

  expect(processes.chatCalls()).toBe(1);
  expect(streams.filter((stream) => stream.includes('"finishReason":"stop"'))).toHaveLength(500);
  expect(new Set(streams.map((stream) => /"id":"(\w+)"/.exec(stream)?.[1])).size).toBe(500);
  // What the model has used is told to one of them.
  expect(streams.filter((stream) => !stream.includes('"promptTokens":0'))).toHaveLength(1);
}, 60_000);

it('many who ask four processes the same cost one call, and one more for each that its cache left alone', async () => {
  const { chat } = processes.script;
  const costs: { calls: number; alone: number }[] = [];
  for (const times of [125, 100, 100, 100]) {
    processes.clear();
    // As long as a burst takes to get in, on a busy machine.
    processes.script.chat = (body) => ({ ...chat(body), headersMs: 2_000 });
    const asked = await askAll(processes.all, `What is the colour of door number ${costs.length}?`, times);
    expectAnswered(asked);
    costs.push({ calls: processes.chatCalls(), alone: countAlone(asked) });
  }
  const told = costs.map(({ calls, alone }) => `${calls} (${alone} left alone)`).join(', ');
  process.stdout.write(`Calls of the model for what four processes were asked at once: ${told}\n`);
  for (const { calls, alone } of costs) {
    expect(calls).toBeGreaterThanOrEqual(1);
    expect(calls - alone).toBeLessThanOrEqual(1);
    expect(calls).toBeLessThanOrEqual(processes.all.length);
  }
}, 120_000);

/**
 * Those that called the model although it was not their turn, and had to: the cache had not told whose turn it was in the time
 * that it has, or the answer they had waited for was made without keyword search, which is not kept. Both are so only where
 * others take the processor.
 */
function countAlone(asked: readonly Asked[]): number {
  const callers = asked.flatMap(({ done }) => (done?.timing.steps.model ? [done] : []));
  const isUnkept = callers.some(({ degraded }) => degraded.includes('keyword'));
  const alone = callers.filter(
    ({ timing: { steps } }) => isUndecided(steps) || (isUnkept && hasLooked(steps)),
  );
  return alone.length;
}

function hasLooked({ wait }: Timing['steps']): boolean {
  return wait !== undefined && wait[1] - wait[0] >= lookMs;
}

function isUndecided({ model, cache, embed, search, keyword, documents }: Timing['steps']): boolean {
  if (!model || !cache) return false;
  const readyMs = Math.max(...[embed, search, keyword, documents].map((step) => step?.[1] ?? 0));
  const isLate = cache[1] > model[0] && model[0] - readyMs >= patienceMs;
  return isLate || cache[1] - cache[0] >= cacheBudgetMs;
}

it('a process that is killed before its first word loses nobody in the others their answer', async () => {
  const question = 'Is the door red?';
  const { chat } = processes.script;
  processes.script.chat = () => ({ kind: 'hang' });
  const [leader, ...others] = processes.all as [ProcessOfMany, ...ProcessOfMany[]];
  const lost = askAll([leader], question, 5).catch((error: unknown) => error);
  await leader.model.log.until((calls) => calls.some(({ name }) => name === 'chat'));

  const followers = askAll(others, question, 5);
  // All of them are at work: what a question does first is to have itself embedded.
  await Promise.all(others.map(({ model }) => model.log.until((calls) => calls.length > 0)));
  processes.script.chat = chat;
  await leader.product.kill();

  expect(await lost).toBeInstanceOf(Error);
  const answered = await followers;
  expectAnswered(answered);
  // One process took over when the lease had run out, and the others waited for that one.
  expect(answered.every(({ done }) => done?.timing.steps.wait ?? done?.timing.steps.shared)).toBe(true);
  expect(Math.max(...answered.map(({ totalMs }) => totalMs))).toBeLessThan(takeoverLimitMs);
  const calls = others.reduce((sum, { model }) => sum + model.log.of('chat').length, 0);
  expect(calls).toBeGreaterThanOrEqual(1);
  expect(calls).toBeLessThanOrEqual(others.length);
}, 60_000);
