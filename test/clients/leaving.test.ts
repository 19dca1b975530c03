import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DoneEvent } from '../../lib/rag/types.ts';
import { holdAnswer, outcomeOf, settled } from './held-answer.ts';
import { leavers } from './leaving.ts';
import { answer, model, question, startScene, type Scene } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});
afterEach(() => scene.script(undefined));
afterAll(() => scene.close());

const withBudget = () => scene.createKey({ monthlyTokens: 1_000_000 });

/** The text of a whole answer, by OpenAI's wire format. */
async function ask(content: string): Promise<string> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content }] });
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body };
  const response = await scene.send('/v1/chat/completions', scene.apiKey, init);
  expect(response.status).toBe(200);
  const completion = (await response.json()) as { choices: [{ message: { content: string } }] };
  return completion.choices[0].message.content;
}

/** The last event of a streamed answer, read as its caller may. */
async function endOf(id: string, key: string): Promise<DoneEvent> {
  const events = await (await scene.send(`/answers/${id}/events`, key)).text();
  return JSON.parse(/event: done\ndata: (.*)\n/.exec(events)![1]!) as DoneEvent;
}

describe.each(Object.entries(leavers))('when %s leaves', (name, { leave, giveUp }) => {
  it('a stream, the model says it all, which is booked and served to who comes next', async () => {
    const [held, key] = [holdAnswer(scene), await withBudget()];
    const asked = `What does the lighthouse say to ${name}?`;
    await leave({ scene, key, question: asked, takes: held.told });
    const call = await held.call();
    // That the connection is closed has been seen by the time the next question is answered.
    expect(await ask(question)).toBe(answer);
    expect([call.outcome, await scene.booked(key)]).toEqual(['open', { used: 0, open: 1 }]);
    held.goOn();
    expect(await outcomeOf(scene, call)).toBe('answered');
    expect(await settled(scene, key)).toBe(held.tokens);
    scene.script(() => ({ kind: 'refuse', status: 401 }));
    await vi.waitFor(async () => expect(await ask(asked)).toBe(held.text), { timeout: 20_000 });
  });

  it('a stream and stops the answer, the model is ended, and what it said until then is booked', async () => {
    const [held, key] = [holdAnswer(scene), await withBudget()];
    const asked = `Which words does ${name} stop?`;
    const id = await leave({ scene, key, question: asked, takes: held.told });
    const call = await held.call();
    expect((await scene.send(`/answers/${id}/stop`, key, { method: 'POST' })).status).toBe(202);
    expect(await outcomeOf(scene, call)).toBe('dropped');
    const { finishReason, usage } = await endOf(id, key);
    expect(finishReason).toBe('stopped');
    expect(Math.abs(usage.completionTokens - held.told)).toBeLessThanOrEqual(held.told / 100);
    expect(usage.promptTokens).toBeGreaterThan(100);
    expect(await settled(scene, key)).toBe(usage.promptTokens + usage.completionTokens);
  });

  it('before its whole answer is there, the model says it all, which is booked', async () => {
    const [held, key] = [holdAnswer(scene), await withBudget()];
    const aborting = new AbortController();
    const asked = `What does ${name} not wait for?`;
    const given = giveUp({ scene, key, question: asked }, aborting.signal);
    const call = await held.call();
    aborting.abort();
    await expect(given).rejects.toThrow(/abort/i);
    expect(await ask(question)).toBe(answer);
    expect(call.outcome).toBe('open');
    held.goOn();
    expect(await outcomeOf(scene, call)).toBe('answered');
    expect(await settled(scene, key)).toBe(held.tokens);
  });
});
