import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerKey } from '../../../../lib/rag/cache/answer-key.ts';
import { RagError } from '../../../../lib/rag/errors.ts';
import { finish } from '../../../fakes/chat.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld, question, scope, type World } from '../../../fakes/world.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const models = { chatModel: 'fake-chat', embeddingModel: 'fake-embedding' };
const key = { scope, key: answerKey(question('which door?'), models) };

function withGuide(...args: Parameters<typeof createWorld>): World {
  const world = createWorld(...args);
  world.serve('guide', 'v1', ['the red door']);
  return world;
}

/** The lease of a process that has just died. */
function hold(world: World, forMs: number, isAbandoned = false): void {
  const untilMs = Date.now() + forMs;
  world.leases.entries.set(`${key.scope} ${key.key}`, { holder: 'another', untilMs, isAbandoned });
}

/** Asks in another process and waits until it has found that the answer is being made. */
async function follow(world: World) {
  const before = world.calls.of('answers.find').length;
  const following = world.start('which door?', {}, { by: world.another() });
  const answer = collect(following.events);
  answer.catch(() => {});
  await world.calls.made('answers.find', before + 1);
  return { answer, settle: following.settle };
}

describe('a process that finds another making the answer', () => {
  it('waits for it and has no call of its own', async () => {
    const world = withGuide();
    const held = world.calls.hold('chat.next');
    const leading = world.start('which door?');
    const made = collect(leading.events);
    await world.calls.made('chat.next');
    const { answer } = await follow(world);
    await vi.advanceTimersByTimeAsync(5_000);
    held.release();
    await made;
    await leading.settle();
    await vi.advanceTimersByTimeAsync(150);
    const { text, sources, done } = await answer;
    expect([text, sources.cached]).toEqual(['Yes [1].', 'exact']);
    expect(done.timing.steps.wait).toBeDefined();
    expect(done.usage).toEqual({ promptTokens: 0, completionTokens: 0 });
    expect(world.calls.of('chat.open')).toHaveLength(1);
    expect(world.leases.entries.size).toBe(0);
  });

  it('does not take the answer that is out of date for the one it waits for', async () => {
    const world = withGuide();
    const first = world.start('which door?');
    await collect(first.events);
    await first.settle();
    await vi.advanceTimersByTimeAsync(1_000);
    world.serve('guide', 'v2', ['the red door, version 2']);
    const held = world.calls.hold('chat.next');
    const leading = world.start('which door?');
    const made = collect(leading.events);
    await world.calls.made('chat.open', 2);
    const following = await Promise.all([follow(world), follow(world)]);
    await vi.advanceTimersByTimeAsync(1_000);
    held.release();
    await made;
    await leading.settle();
    await vi.advanceTimersByTimeAsync(150);
    const answers = await Promise.all(following.map(async ({ answer }) => (await answer).sources.cached));
    expect(answers).toEqual(['exact', 'exact']);
    expect(world.calls.of('chat.open')).toHaveLength(2);
  });

  it('takes over when the other has died', async () => {
    const world = withGuide();
    hold(world, 6_000);
    const { answer, settle } = await follow(world);
    await vi.advanceTimersByTimeAsync(5_900);
    expect(world.calls.of('chat.open')).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    expect((await answer).text).toBe('Yes [1].');
    await settle();
    expect(world.leases.entries.size).toBe(0);
  });

  it('takes over when the other has failed, and the others who wait wait for it', async () => {
    let calls = 0;
    const world = withGuide(() => {
      calls += 1;
      return calls === 1 ? [new RagError('model_unavailable', 'Gone.')] : ['Yes [1].', finish];
    });
    const held = world.calls.hold('chat.next');
    const leading = world.start('which door?');
    const failure = collectFailure(leading.events);
    await world.calls.made('chat.next');
    const following = await Promise.all([follow(world), follow(world), follow(world)]);
    held.release();
    expect((await failure).error).toMatchObject({ code: 'model_unavailable' });
    await leading.settle();
    await vi.advanceTimersByTimeAsync(150);
    // One has the turn now, and its cache write comes with the end of its request.
    const first = await Promise.race(following.map(async ({ answer, settle }) => (await answer, settle)));
    await first();
    await vi.advanceTimersByTimeAsync(150);
    const texts = await Promise.all(following.map(async ({ answer }) => (await answer).text));
    expect(texts).toEqual(Array(3).fill('Yes [1].'));
    expect(world.calls.of('chat.open')).toHaveLength(2);
  });

  it('does not wait for an answer that is not worth keeping', async () => {
    const world = withGuide(() => ['Yes.', finish]);
    hold(world, 6_000, true);
    const answer = collect(world.start('which door?').events);
    expect((await answer).text).toBe('Yes.');
  });

  it('answers by itself after twenty seconds', async () => {
    const world = withGuide();
    hold(world, 60_000);
    const { answer } = await follow(world);
    await vi.advanceTimersByTimeAsync(19_900);
    expect(world.calls.of('chat.open')).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    const { text, done } = await answer;
    expect([text, done.degraded]).toEqual(['Yes [1].', ['cache']]);
  });

  it('leaves at once when its caller does', async () => {
    const world = withGuide();
    hold(world, 60_000);
    const caller = new AbortController();
    const failure = collectFailure(world.start('which door?', {}, { signal: caller.signal }).events);
    await vi.advanceTimersByTimeAsync(500);
    caller.abort(new Error('left'));
    expect((await failure).error).toMatchObject({ message: 'left' });
    expect(world.calls.open()).toEqual([]);
  });
});

describe('the lease', () => {
  it('is renewed while the answer is made, and given up after it', async () => {
    const world = withGuide();
    const held = world.calls.hold('chat.next');
    const { events, settle } = world.start('which door?');
    const answer = collect(events);
    await world.calls.made('chat.next');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(world.leases.entries.values().next().value!.untilMs).toBeGreaterThan(Date.now());
    held.release();
    await answer;
    await settle();
    expect(world.leases.entries.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is left as abandoned by an answer that is not kept', async () => {
    const world = withGuide(() => ['Yes.', finish]);
    const { events, settle } = world.start('which door?');
    await collect(events);
    await settle();
    expect(Array.from(world.leases.entries.values())).toMatchObject([{ isAbandoned: true }]);
  });

  it('is not waited for where it cannot be had', async () => {
    const world = withGuide();
    world.calls.hold('leases.take');
    const answer = collect(world.start('which door?').events);
    await world.calls.made('chunks.search');
    await vi.advanceTimersByTimeAsync(300);
    expect((await answer).text).toBe('Yes [1].');
  });
});
