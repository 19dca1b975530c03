import { describe, expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import type { Admission } from '../../../../lib/rag/ports/access.ts';
import type { Question, Usage } from '../../../../lib/rag/types.ts';
import { fakeUsage, finish } from '../../../fakes/chat.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld, type World } from '../../../fakes/world.ts';

const nothing: Usage = { promptTokens: 0, completionTokens: 0 };
const refusal = new RagError('rate_limited', 'Too many.', { retryAfterMs: 1_000 });

function withGuide(reply: Parameters<typeof createWorld>[0] = () => ['The red one [1].', finish]): World {
  const world = createWorld(reply);
  world.serve('guide', 'v1', ['the red door']);
  return world;
}

/** One who asks and whose admission the test decides. */
function asks(world: World, more: Partial<Question> = {}, signal = new AbortController().signal) {
  const settled: Usage[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Admission>();
  const { events, settle } = world.start('which door?', more, { admission: promise, signal });
  const first = events.next();
  first.catch(() => {});
  const rest = async function* rest() {
    const { done, value } = await first;
    if (!done) yield value;
    yield* events;
  };
  return {
    ...{ settled, settle, first, refuse: () => reject(refusal) },
    admit: () => resolve({ settle: async (usage) => void settled.push(usage) }),
    answer: () => collect(rest()),
    failure: async () => (await collectFailure(rest())).error,
  };
}

/** Whether a promise has settled once everything that could run has. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('until a caller is let in', () => {
  it('everything is made ready but the model, and nothing is told', async () => {
    const world = withGuide();
    const caller = asks(world);
    await Promise.all(['embed', 'chunks.search', 'answers.find'].map((name) => world.calls.made(name)));
    expect(await isSettled(caller.first)).toBe(false);
    expect(world.calls.of('chat.open')).toEqual([]);
    caller.admit();
    expect((await caller.answer()).text).toBe('The red one [1].');
    await caller.settle();
    expect(caller.settled).toEqual([fakeUsage]);
  });

  it('the cache of the scope is read and nothing in it changed, by one who is refused in the end too', async () => {
    const world = withGuide();
    const caller = asks(world);
    await Promise.all(['answers.nearest', 'chunks.search'].map((name) => world.calls.made(name)));
    expect(await isSettled(caller.first)).toBe(false);
    caller.refuse();
    await caller.failure();
    await caller.settle();
    for (const name of ['leases.take', 'answers.learn', 'answers.judge', 'answers.put', 'served.put']) {
      expect([name, world.calls.of(name)]).toEqual([name, []]);
    }
  });

  it('no question is rewritten either', async () => {
    const world = withGuide(() => ['which red door?', finish]);
    const caller = asks(world, { history: [{ role: 'user', content: 'doors' }] });
    await world.calls.made('embed');
    expect(await isSettled(caller.first)).toBe(false);
    expect(world.calls.of('chat.open')).toEqual([]);
    caller.refuse();
    await caller.failure();
    expect(world.calls.of('chat.open')).toEqual([]);
  });

  it('an answer that is there is not told', async () => {
    const world = withGuide();
    const before = world.start('which door?');
    await collect(before.events);
    await before.settle();
    const caller = asks(world);
    expect(await isSettled(caller.first)).toBe(false);
    caller.admit();
    const { sources } = await caller.answer();
    expect(sources.cached).toBe('exact');
    await caller.settle();
    expect(caller.settled).toEqual([nothing]);
  });

  it('a failure is not told', async () => {
    const world = withGuide();
    world.calls.before('embed', () => {
      throw new RagError('model_busy', 'Busy.');
    });
    const caller = asks(world);
    expect(await isSettled(caller.first)).toBe(false);
    caller.admit();
    expect(await caller.failure()).toMatchObject({ code: 'model_busy' });
    await caller.settle();
    expect(caller.settled).toEqual([nothing]);
  });
});

describe('who is refused', () => {
  it('hears of that alone, and everything that runs for them ends', async () => {
    const world = withGuide();
    world.calls.hold('chunks.search');
    const caller = asks(world);
    await world.calls.made('chunks.search');
    caller.refuse();
    expect(await caller.failure()).toMatchObject({ code: 'rate_limited', retryAfterMs: 1_000 });
    await caller.settle();
    expect(world.calls.open()).toEqual([]);
    expect(world.calls.of('chat.open')).toEqual([]);
    expect(world.telemetry.reports).toMatchObject([{ outcome: 'error', errorCode: 'rate_limited' }]);
    expect(caller.settled).toEqual([]);
  });

  it('hears of it where the answer has failed before', async () => {
    const world = withGuide();
    world.calls.before('embed', () => {
      throw new RagError('model_busy', 'Busy.');
    });
    const caller = asks(world);
    expect(await isSettled(caller.first)).toBe(false);
    caller.refuse();
    expect(await caller.failure()).toMatchObject({ code: 'rate_limited' });
  });

  it('leaves those alone who asked the same', async () => {
    const world = withGuide();
    const [one, other] = [asks(world), asks(world)];
    await world.calls.made('chunks.search');
    one.refuse();
    expect(await one.failure()).toMatchObject({ code: 'rate_limited' });
    expect(world.calls.of('chat.open')).toEqual([]);
    other.admit();
    expect((await other.answer()).text).toBe('The red one [1].');
    await Promise.all([one.settle(), other.settle()]);
    expect(other.settled).toEqual([fakeUsage]);
    expect(world.calls.of('embed')).toHaveLength(1);
  });
});

it('the first who is let in has the model called for all, and who reads on later is told no less', async () => {
  const world = withGuide();
  const [one, other] = [asks(world), asks(world)];
  other.admit();
  expect((await other.answer()).text).toBe('The red one [1].');
  expect(await isSettled(one.first)).toBe(false);
  one.admit();
  expect((await one.answer()).text).toBe('The red one [1].');
  await Promise.all([one.settle(), other.settle()]);
  expect(world.calls.of('chat.open')).toHaveLength(1);
  expect([other.settled, one.settled]).toEqual([[fakeUsage], [nothing]]);
});

it.each([
  ['is cut', ['The red ']],
  ['breaks', ['The red ', new RagError('model_unavailable', 'Gone.')]],
])('what was used is booked where the stream %s', async (_, reply) => {
  const world = withGuide(() => reply);
  const caller = asks(world);
  caller.admit();
  const error = (await caller.failure()) as RagError;
  await caller.settle();
  expect(error.usage?.promptTokens).toBeGreaterThan(0);
  expect(caller.settled).toEqual([error.usage]);
});

it('what was used is booked where the caller leaves in the middle', async () => {
  const world = withGuide();
  const leaving = new AbortController();
  const caller = asks(world, {}, leaving.signal);
  world.calls.hold('chat.next');
  caller.admit();
  const failure = caller.failure();
  await world.calls.made('chat.next');
  leaving.abort(new Error('I have to go.'));
  await failure;
  await caller.settle();
  expect(caller.settled).toHaveLength(1);
  expect(caller.settled[0]?.promptTokens).toBeGreaterThan(0);
});
