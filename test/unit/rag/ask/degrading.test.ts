import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld } from '../../../fakes/world.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const broken = new RagError('storage_unavailable', 'The database did not answer.');

function withGuide() {
  const world = createWorld();
  world.serve('guide', 'v1', ['the red door']);
  return world;
}

it.each([
  ['cache', 'answers.find'],
  ['documents', 'documents.recent'],
])('goes on without %s when it fails, and says so', async (step, call) => {
  const world = withGuide();
  world.calls.before(call, () => Promise.reject(broken));
  const { events, settle } = world.start('which door?');
  const { text, done } = await collect(events);
  expect([text, done.degraded]).toEqual(['Yes [1].', [step]]);
  expect(world.telemetry.gaveUp).toEqual([step]);
  await settle();
  expect(world.telemetry.reports).toMatchObject([{ outcome: 'stop', degraded: [step] }]);
});

it('goes on without metadata that takes longer than its budget, and ends the call', async () => {
  const world = withGuide();
  world.calls.hold('documents.recent');
  const answer = collect(world.start('which door?').events);
  const recent = await world.calls.made('documents.recent');
  await world.calls.made('chunks.search');
  await vi.advanceTimersByTimeAsync(249);
  expect(recent.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(recent.signal.aborted).toBe(true);
  expect((await answer).done.degraded).toEqual(['documents']);
});

it('waits a tenth of a second for a cache that is slower than the way to the model, and ends the lookup', async () => {
  const world = withGuide();
  world.calls.hold('answers.find');
  const { events } = world.start('which door?');
  const first = events.next();
  await world.calls.made('chunks.search');
  await vi.advanceTimersByTimeAsync(99);
  expect(world.calls.of('chat.open')).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect((await first).value).toMatchObject({ type: 'sources', cached: false });
  expect(world.calls.of('answers.find')[0]!.signal.reason).toMatchObject({
    message: 'Another way was faster.',
  });
  await events.return();
  const answer = collect(world.start('which door?').events);
  await world.calls.made('chunks.search', 2);
  await vi.advanceTimersByTimeAsync(100);
  const { text, done } = await answer;
  expect([text, done.degraded]).toEqual(['Yes [1].', ['cache']]);
});

it('gives the cache a second where nothing else brings an answer', async () => {
  const world = withGuide();
  world.calls.hold('answers.find');
  world.calls.before('embed', () => Promise.reject(new RagError('model_unavailable', 'No model.')));
  const failure = collectFailure(world.start('which door?').events);
  const lookup = await world.calls.made('answers.find');
  await vi.advanceTimersByTimeAsync(999);
  expect(lookup.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(lookup.signal.aborted).toBe(true);
  expect((await failure).error).toMatchObject({ code: 'model_unavailable' });
});

it('serves a cached answer while the model cannot be reached', async () => {
  const world = withGuide();
  const first = world.start('which door?');
  await collect(first.events);
  await first.settle();
  world.calls.before('embed', () => Promise.reject(new RagError('model_unavailable', 'No model.')));
  const lookup = world.calls.hold('answers.find');
  const answer = collect(world.start('which door?').events);
  await world.calls.made('embed', 2);
  lookup.release();
  expect((await answer).sources.cached).toBe('exact');
});

it('a cache that cannot be written fails nothing and is told', async () => {
  const world = withGuide();
  world.calls.before('answers.put', () => Promise.reject(broken));
  const { events, settle } = world.start('which door?');
  expect((await collect(events)).text).toBe('Yes [1].');
  await settle();
  expect(world.failures).toEqual([broken]);
});

it.each(['embed', 'chunks.search', 'documents.getMany', 'chat.open'])(
  'fails with the failure of %s, which nothing can replace, and ends what is open',
  async (call) => {
    const world = withGuide();
    world.calls.before(call, () => Promise.reject(broken));
    if (call === 'documents.getMany') world.calls.hold('chat.open');
    const { events, settle } = world.start('which door?');
    const { events: seen, error } = await collectFailure(events);
    expect([seen, error]).toEqual([[], broken]);
    await settle();
    expect(world.calls.open()).toEqual([]);
    expect(world.telemetry.reports).toMatchObject([{ outcome: 'error', errorCode: 'storage_unavailable' }]);
  },
);
