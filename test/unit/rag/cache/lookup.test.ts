import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answerKey } from '../../../../lib/rag/cache/answer-key.ts';
import { RagError } from '../../../../lib/rag/errors.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld, question, scope, type World } from '../../../fakes/world.ts';

// Neither explored nor counted.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.99));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

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

it('what is near but late is given up with the race where it could have been served', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const world = await answeredOnce();
  learn(world, 1_000);
  world.calls.hold('answers.nearest');
  const { events, settle } = world.start(asked);
  const answering = collect(events);
  const search = await world.calls.made('answers.nearest', 2);
  await vi.advanceTimersByTimeAsync(300);
  const { sources, done } = await answering;
  expect([sources.cached, done.degraded]).toEqual([false, ['cache']]);
  expect(search.signal.reason).toMatchObject({ message: 'Another way was faster.' });
  await settle();
  expect(world.telemetry.reports.at(-1)!.similar).toBeUndefined();
});

it('a search for what is near is given half a second where nothing else brings an answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const world = await answeredOnce();
  world.calls.hold('answers.nearest');
  world.calls.before('chat.open', () => Promise.reject(new RagError('model_unavailable', 'No model.')));
  const failure = collectFailure(world.start(asked).events);
  const search = await world.calls.made('answers.nearest', 2);
  await vi.advanceTimersByTimeAsync(499);
  expect(search.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(search.signal.aborted).toBe(true);
  expect((await failure).error).toMatchObject({ code: 'model_unavailable' });
});

it('a lease is waited for three tenths of a second where the cache has replied, and then done without', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const world = await answeredOnce();
  world.calls.hold('leases.take');
  const answering = collect(world.start(asked).events);
  await world.calls.made('leases.take', 2);
  await world.calls.made('chunks.search', 2);
  await vi.advanceTimersByTimeAsync(299);
  expect(world.calls.of('chat.open')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect((await answering).done.degraded).toEqual(['cache']);
});

it('an answer that is there takes no lease and no search, though the vector of its question is', async () => {
  const world = await answeredOnce();
  const finding = world.calls.hold('answers.find');
  const answering = collect(world.start(kept).events);
  // The vector is there when passages are searched for.
  await world.calls.made('chunks.search', 2);
  finding.release();
  expect((await answering).sources.cached).toBe('exact');
  expect(world.calls.of('leases.take')).toHaveLength(1);
  expect(world.calls.of('answers.nearest')).toHaveLength(1);
});

it('what another process has made meanwhile is not served where a document has changed since', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const world = await answeredOnce();
  const models = { chatModel: 'fake-chat', embeddingModel: 'fake-embedding' };
  const key = answerKey(question(kept), models);
  const made = structuredClone(world.answers.entries.get(`${scope} ${key}`)!);
  world.answers.entries.clear();
  const untilMs = Date.now() + 60_000;
  world.leases.entries.set(`${scope} ${key}`, { holder: 'another', untilMs, isAbandoned: false });
  world.calls.before('answers.find', () => {
    if (world.calls.of('answers.find').length < 3) return;
    world.serve('guide', 'v2', ['the red door is painted']);
    world.answers.entries.set(`${scope} ${key}`, made);
  });
  const answering = collect(world.start(kept).events);
  await world.calls.made('answers.find', 2);
  await vi.advanceTimersByTimeAsync(500);
  const { sources } = await answering;
  expect(sources.cached).toBe(false);
  expect(world.calls.of('answers.find')).toHaveLength(3);
  // Of the first answer: nobody tries to take what is known to be another's.
  expect(world.calls.of('leases.take')).toHaveLength(1);
});
