import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { finish } from '../../../fakes/chat.ts';
import { collectFailure } from '../../../fakes/collect.ts';
import { createWorld } from '../../../fakes/world.ts';

/** Every call that can be open, and what must be held beside it so that it is. */
const calls = [
  'answers.find',
  'embed',
  'documents.recent',
  'chunks.search',
  'documents.getMany',
  'chat.open',
  'chat.next',
] as const;

function heldAt(name: (typeof calls)[number]) {
  const world = createWorld(() => ['Yes ', 'it is [1].', finish]);
  world.serve('guide', 'v1', ['the red door']);
  world.calls.hold(name);
  if (name === 'answers.find') world.calls.hold('embed');
  return world;
}

const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);

afterEach(() => void vi.useRealTimers());

/** What is rejected without a handler is told a turn of the event loop later. */
async function nothingUnhandled(work: () => Promise<void>): Promise<void> {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
  try {
    await work();
    await turn();
    await turn();
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
}

describe("the caller's abort", () => {
  it.each(calls)('reaches %s', (name) =>
    nothingUnhandled(async () => {
      const world = heldAt(name);
      const caller = new AbortController();
      const { events, settle } = world.start('which door?', {}, { signal: caller.signal });
      const failure = collectFailure(events);
      const call = await world.calls.made(name);
      const open = world.calls.all.filter((each) => each.isOpen);
      expect(open).toContain(call);
      const left = new Error('The caller left.');
      caller.abort(left);
      for (const each of open) expect([each.name, each.signal.aborted]).toEqual([each.name, true]);
      expect((await failure).error).toBe(left);
      await settle();
      expect(world.calls.open()).toEqual([]);
      expect(world.calls.of('answers.put')).toEqual([]);
      expect(world.telemetry.reports).toMatchObject([{ outcome: 'aborted', degraded: [] }]);
    }),
  );

  it('is not taken for a whole answer where the stream ends quietly, as some do', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const caller = new AbortController();
    world.chat.open = async () => ({
      servedBy: 'quiet',
      parts: (async function* parts() {
        yield { type: 'text', text: 'Yes [1].' };
        caller.abort(new Error('left'));
        yield finish;
      })(),
    });
    const { events, settle } = world.start('which door?', {}, { signal: caller.signal });
    const { events: seen, error } = await collectFailure(events);
    expect([seen.at(-1)!.type, error]).toMatchObject(['delta', { message: 'left' }]);
    await settle();
    expect(world.calls.of('answers.put')).toEqual([]);
  });

  it('that came before the question starts nothing', async () => {
    const world = heldAt('embed');
    const { events } = world.start('which door?', {}, { signal: AbortSignal.abort(new Error('left')) });
    expect((await collectFailure(events)).error).toMatchObject({ message: 'left' });
    expect(world.calls.open()).toEqual([]);
  });
});

describe('the deadline', () => {
  it.each(calls)('reaches %s and is told as such', (name) =>
    nothingUnhandled(async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const world = heldAt(name);
      // Shorter than the cache's and the metadata's own budgets, so that it is what ends them.
      const { events, settle } = world.start('which door?', {}, { budgetMs: 200 });
      const failure = collectFailure(events);
      const call = await world.calls.made(name);
      await vi.advanceTimersByTimeAsync(199);
      const open = world.calls.all.filter((each) => each.isOpen);
      expect(open).toContain(call);
      expect(open.filter((each) => each.signal.aborted)).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      for (const each of open) expect([each.name, each.signal.aborted]).toEqual([each.name, true]);
      expect((await failure).error).toMatchObject({ code: 'deadline', retryable: true });
      await settle();
      expect(world.calls.open()).toEqual([]);
      expect(world.calls.of('answers.put')).toEqual([]);
      expect(world.telemetry.reports).toMatchObject([{ outcome: 'error', errorCode: 'deadline' }]);
    }),
  );

  it('leaves no timer behind, whether the question succeeds or not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const one = world.start('which door?');
    for await (const _ of one.events);
    await one.settle();
    world.calls.before('embed', () => Promise.reject(new Error('x')));
    const two = world.start('which other door?');
    await collectFailure(two.events);
    await two.settle();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('ending the iteration early', () => {
  it.each([1, 2])('after %i events ends the model stream and writes nothing', (count) =>
    nothingUnhandled(async () => {
      const world = createWorld(() => ['Yes ', 'it is [1].', finish]);
      world.serve('guide', 'v1', ['the red door']);
      const { events, settle } = world.start('which door?');
      for (let at = 0; at < count; at += 1) await events.next();
      await events.return();
      expect(world.calls.of('chat.open')[0]!.signal.aborted).toBe(true);
      await settle();
      expect(world.calls.open()).toEqual([]);
      expect(world.calls.of('answers.put')).toEqual([]);
      expect(world.telemetry.reports).toMatchObject([{ outcome: 'aborted' }]);
    }),
  );

  it('lets the model stream run its own clean-up', async () => {
    const world = createWorld(() => ['Yes ', 'it is [1].', finish]);
    world.serve('guide', 'v1', ['the red door']);
    const { events } = world.start('which door?');
    await events.next();
    await events.next();
    await events.return();
    expect(world.calls.of('chat.closed')).toHaveLength(1);
  });
});

describe('what the model has used until its stream ends early', () => {
  const begun = async () => {
    const world = createWorld(() => ['Yes, that it is and was. ', 'It is [1].', finish]);
    world.serve('guide', 'v1', ['the red door']);
    const caller = new AbortController();
    const started = world.start('which door?', {}, { signal: caller.signal, budgetMs: 5_000 });
    await started.events.next();
    await started.events.next();
    return { world, caller, ...started };
  };
  const usage = { completionTokens: 6, promptTokens: expect.any(Number) as number };

  it('is told and booked at the deadline', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { world, events, settle } = await begun();
    world.calls.hold('chat.next');
    const failure = collectFailure(events);
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await failure).error).toMatchObject({ code: 'deadline', usage });
    await settle();
    expect(world.telemetry.reports).toMatchObject([{ errorCode: 'deadline', usage }]);
  });

  it("is booked at the caller's abort", async () => {
    const { world, caller, events, settle } = await begun();
    caller.abort();
    await collectFailure(events);
    await settle();
    expect(world.telemetry.reports).toMatchObject([{ outcome: 'aborted', usage }]);
    expect(world.telemetry.reports[0]!.usage.promptTokens).toBeGreaterThan(100);
  });

  it('is booked when the caller stops reading', async () => {
    const { world, events, settle } = await begun();
    await events.return();
    await settle();
    expect(world.telemetry.reports).toMatchObject([{ outcome: 'aborted', usage }]);
  });
});
