import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { collect } from '../../../fakes/collect.ts';
import { createWorld, scope, type World } from '../../../fakes/world.ts';

// Neither explored nor counted.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.99));
afterEach(() => void vi.restoreAllMocks());

const kept = 'how do I paint the red door?';
const asked = 'how do I paint the red doors?';

/** A world in which a question was answered. */
async function answeredOnce(): Promise<World> {
  const world = createWorld();
  world.serve('guide', 'v1', ['the red door is painted']);
  const { events, settle } = world.start(kept);
  await collect(events);
  await settle();
  return world;
}

/** Has the cache know of so many similar answers, all of them right, of the least agreement: more is as good. */
function learn(world: World, right: number): void {
  world.answers.states.set(scope, { counters: { right0: right, asked0: 20 } });
}

it.each([
  ['nothing', 0],
  ['too little', 29],
])('the model does not wait for what is near where %s was learnt that could be served', async (_, right) => {
  const world = await answeredOnce();
  learn(world, right);
  const searching = world.calls.hold('answers.nearest');
  const { events, settle } = world.start(asked);
  const answering = collect(events);
  const opened = await world.calls.made('chat.open', 2);
  const search = await world.calls.made('answers.nearest', 2);
  expect([opened.isOpen, search.isOpen]).toEqual([true, true]);
  searching.release();
  const { sources, done } = await answering;
  expect([sources.cached, done.degraded]).toEqual([false, []]);
  await settle();
});

it('what is near is learnt from though the model has accepted before it was found', async () => {
  const world = await answeredOnce();
  const searching = world.calls.hold('answers.nearest');
  const streaming = world.calls.hold('chat.next');
  const parts = world.calls.of('chat.next').length;
  const { events, settle } = world.start(asked);
  const answering = collect(events);
  // By then the race is over.
  await world.calls.made('chat.next', parts + 1);
  searching.release();
  await vi.waitFor(() => expect(world.calls.of('answers.nearest')[1]!.isOpen).toBe(false));
  streaming.release();
  await answering;
  await settle();
  expect(world.telemetry.reports.at(-1)).toMatchObject({ similar: 'unsure', degraded: [] });
  expect(world.calls.of('answers.judge').map(({ input }) => input)).toMatchObject([{ isRight: true }]);
});

it('the model waits for what is near where it may be served, and is not called for what is', async () => {
  const world = await answeredOnce();
  learn(world, 1_000);
  const searching = world.calls.hold('answers.nearest');
  const { events, settle } = world.start(asked);
  const answering = collect(events);
  await world.calls.made('answers.nearest', 2);
  await vi.waitFor(() => expect(world.calls.open()).toEqual(['answers.nearest']));
  searching.release();
  const { sources } = await answering;
  expect(sources.cached).toBe('similar');
  expect(world.calls.of('chat.open')).toHaveLength(1);
  await settle();
});
