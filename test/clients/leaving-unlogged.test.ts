import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdAnswer, outcomeOf, settled } from './held-answer.ts';
import { leavers } from './leaving.ts';
import { startScene, type Scene } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene({ ANSWER_LOG: 'off' });
});
afterAll(() => scene.close());

describe.each(Object.entries(leavers))('when %s leaves a stream that is not logged', (name, { leave }) => {
  it('the answer can not be stopped, the model says it all, and that is booked', async () => {
    const held = holdAnswer(scene);
    const key = await scene.createKey({ monthlyTokens: 1_000_000 });
    const question = `What does the lighthouse say to ${name}?`;
    const id = await leave({ scene, key, question, takes: held.told });
    const call = await held.call();
    expect((await scene.send(`/answers/${id}/stop`, key, { method: 'POST' })).status).toBe(404);
    expect((await scene.send(`/answers/${id}/events`, key)).status).toBe(404);
    expect([call.outcome, await scene.booked(key)]).toEqual(['open', { used: 0, open: 1 }]);
    held.goOn();
    expect(await outcomeOf(scene, call)).toBe('answered');
    expect(await settled(scene, key)).toBe(held.tokens);
  });
});
