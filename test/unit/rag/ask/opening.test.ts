import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld } from '../../../fakes/world.ts';

/** As many as may be on their way to the model at once. */
const opening = 64;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function startMany() {
  const world = createWorld();
  world.serve('guide', 'v1', ['the red door']);
  const gate = world.calls.hold('embed');
  const answers = Array.from({ length: opening }, (_, n) => collect(world.start(`which door, ${n}?`).events));
  return { world, gate, answers };
}

it('begins so many questions at once, the others in their order as soon as one is through', async () => {
  const { world, gate, answers } = startMany();
  const late = collect(world.start('which door, at last?').events);
  await world.calls.made('embed', opening);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(world.calls.of('embed')).toHaveLength(opening);
  gate.release();
  expect((await late).text).toBe('Yes [1].');
  for (const answer of answers) expect((await answer).text).toBe('Yes [1].');
});

it('does not count a question that waits for the model, or whose answer streams', async () => {
  const { world, gate, answers } = startMany();
  const model = world.calls.hold('chat.open');
  gate.release();
  await world.calls.made('chat.open', opening);
  const late = collect(world.start('which door, at last?').events);
  await world.calls.made('chat.open', opening + 1);
  model.release();
  expect((await late).text).toBe('Yes [1].');
  await Promise.all(answers);
});

it('tells who has waited too long to come again, and begins nothing for them', async () => {
  const { world, gate, answers } = startMany();
  const late = collectFailure(world.start('which door, at last?').events);
  await world.calls.made('embed', opening);
  await vi.advanceTimersByTimeAsync(20_000);
  const { error } = await late;
  expect(error).toMatchObject({ code: 'overloaded', status: 503, retryable: true, retryAfterMs: 5_000 });
  expect(error).toMatchObject({ details: { retryAfterSeconds: 5 } });
  expect(world.calls.of('embed')).toHaveLength(opening);
  gate.release();
  await Promise.allSettled(answers);
});

it('gives the turn of one who fails to the next', async () => {
  const { world, gate, answers } = startMany();
  const failed = Promise.allSettled(answers);
  const late = collect(world.start('which door, at last?').events);
  await world.calls.made('embed', opening);
  let failing = opening;
  world.calls.before('chunks.search', () => {
    failing -= 1;
    if (failing >= 0) throw new RagError('storage_unavailable', 'The database did not answer.');
  });
  gate.release();
  expect((await failed).map(({ status }) => status)).toEqual(Array(opening).fill('rejected'));
  expect((await late).text).toBe('Yes [1].');
});

it('begins nothing for one who left while waiting', async () => {
  const { world, gate, answers } = startMany();
  const caller = new AbortController();
  const left = collectFailure(world.start('which door, not at all?', {}, caller).events);
  const late = collect(world.start('which door, at last?').events);
  await world.calls.made('embed', opening);
  caller.abort();
  await left;
  gate.release();
  await Promise.all([late, ...answers]);
  expect(world.calls.of('embed')).toHaveLength(opening + 1);
});
