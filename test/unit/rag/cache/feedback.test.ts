import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFeedback } from '../../../../lib/rag/cache/feedback.ts';
import { createPurge } from '../../../../lib/rag/cache/purge.ts';
import { collect } from '../../../fakes/collect.ts';
import { createWorld, scope, type World } from '../../../fakes/world.ts';

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.99));
afterEach(() => void vi.restoreAllMocks());

const options = { signal: new AbortController().signal };
const text = 'how do I paint the red door?';

function withGuide(): World {
  const world = createWorld();
  world.serve('guide', 'v1', ['the red door is painted']);
  return world;
}

async function ask(world: World, more: Parameters<World['start']>[1] = {}) {
  const { events, settle } = world.start(text, more);
  const answer = await collect(events);
  await settle();
  return { id: answer.sources.id, cached: answer.sources.cached };
}

const of = (id: string, tenant = 'default') => ({ tenant, id });

it('that an answer is wrong takes it out of the cache, whether it was cached or made', async () => {
  const world = withGuide();
  const feedback = createFeedback(world);
  const made = await ask(world);
  await feedback(of(made.id), { isRight: false, note: 'the door is blue' }, options);
  const anew = await ask(world);
  expect(anew.cached).toBe(false);
  const cached = await ask(world);
  expect(cached.cached).toBe('exact');
  await feedback(of(cached.id), { isRight: false }, options);
  expect((await ask(world)).cached).toBe(false);
});

it('that an answer is right counts for it, once', async () => {
  const world = withGuide();
  const { id } = await ask(world);
  for (let times = 0; times < 3; times += 1) await createFeedback(world)(of(id), { isRight: true }, options);
  expect(Array.from(world.answers.entries.values())).toMatchObject([{ right: 1, wrong: 0 }]);
});

it('that an answer is right counts once where two say so at once', async () => {
  const world = withGuide();
  const { id } = await ask(world);
  const say = () => createFeedback(world)(of(id), { isRight: true }, options);
  await Promise.all([say(), say()]);
  expect(world.calls.of('served.judge')).toHaveLength(2);
  expect(Array.from(world.answers.entries.values())).toMatchObject([{ right: 1, wrong: 0 }]);
});

it('of an answer in a collection that the caller may not see, nothing may be said', async () => {
  const world = withGuide();
  const { id } = await ask(world);
  const say = (...collections: string[]) =>
    createFeedback(world)({ ...of(id), collections }, { isRight: false }, options);
  await expect(say('other')).rejects.toMatchObject({ code: 'not_found' });
  await expect(say()).rejects.toMatchObject({ code: 'not_found' });
  expect(world.answers.entries.size).toBe(1);
  await say('other', 'main');
  expect(world.answers.entries.size).toBe(0);
});

it('that an answer is wrong leaves the one that was made since', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const world = withGuide();
  const made = await ask(world);
  const cached = await ask(world);
  vi.setSystemTime(Date.now() + 1);
  await ask(world, { cache: 'refresh' });
  for (const { id } of [made, cached]) await createFeedback(world)(of(id), { isRight: false }, options);
  expect((await ask(world)).cached).toBe('exact');
  vi.useRealTimers();
});

it('that an answer is wrong may be said again where that failed', async () => {
  const world = withGuide();
  const { id } = await ask(world);
  const wrong = () => createFeedback(world)(of(id), { isRight: false }, options);
  world.calls.before('answers.remove', () => Promise.reject(new Error('throttled')));
  await expect(wrong()).rejects.toThrow('throttled');
  world.calls.before('answers.remove', undefined);
  await wrong();
  expect(world.answers.entries.size).toBe(0);
});

it('once given is not changed by what is said later', async () => {
  const world = withGuide();
  const { id } = await ask(world);
  for (const isRight of [true, false]) await createFeedback(world)(of(id), { isRight }, options);
  expect(Array.from(world.answers.entries.values())).toMatchObject([{ right: 1, wrong: 0 }]);
});

it('of a similar answer teaches what answers as near are worth', async () => {
  const world = withGuide();
  const { id } = await ask(world);
  const [entry] = world.answers.entries.values();
  const key = { scope, key: entry!.key };
  const nearness = { similarity: 0.9, agreement: 0.9 };
  await world.served.put(
    id,
    { key, cached: 'similar', createdAt: entry!.answer.createdAt, nearness },
    options,
  );
  await createFeedback(world)(of(id), { isRight: false }, options);
  const { increments } = world.calls.of('answers.learn').at(-1)!.input as {
    increments: Record<string, number>;
  };
  expect(Object.keys(increments)).toEqual([expect.stringMatching(/^wrong\d+$/) as string]);
  // The answer to the other question stays; it is right for that one.
  expect(Array.from(world.answers.entries.values())).toMatchObject([{ right: 0, wrong: 1 }]);
});

it.each([
  ['an unknown answer', async (_: World, id: string) => of(id.replaceAll(/./g, '0'))],
  ["another tenant's answer", async (_: World, id: string) => of(id, 'other')],
  [
    'an answer asked for without the cache',
    async (world: World) => of((await ask(world, { cache: 'off' })).id),
  ],
])('for %s is refused', async (_, target) => {
  const world = withGuide();
  const { id } = await ask(world);
  const feedback = createFeedback(world)(await target(world, id), { isRight: false }, options);
  await expect(feedback).rejects.toMatchObject({ code: 'not_found' });
  expect(world.answers.entries.size).toBe(1);
});

it('a purge of a document takes its answers out of service, and leaves the others', async () => {
  const world = withGuide();
  vi.useFakeTimers({ toFake: ['Date'] });
  await ask(world);
  vi.setSystemTime(Date.now() + 1);
  const purge = createPurge(world);
  world.serve('other', 'v1', ['the green gate']);
  await purge({ scope, document: 'other' }, options);
  expect((await ask(world)).cached).toBe('exact');
  await purge({ scope, document: 'guide' }, options);
  vi.setSystemTime(Date.now() + 1);
  expect((await ask(world)).cached).toBe(false);
  expect((await ask(world)).cached).toBe('exact');
  await purge({ scope }, options);
  vi.setSystemTime(Date.now() + 1);
  expect((await ask(world)).cached).toBe(false);
  await expect(purge({ scope, document: 'none' }, options)).rejects.toMatchObject({ code: 'not_found' });
  vi.useRealTimers();
});
