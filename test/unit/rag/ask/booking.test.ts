import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import type { Admission } from '../../../../lib/rag/ports/access.ts';
import type { Usage } from '../../../../lib/rag/types.ts';
import { fakeUsage, finish } from '../../../fakes/chat.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld, type World } from '../../../fakes/world.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function withGuide(): World {
  const world = createWorld(() => ['The red ', 'one [1].', finish]);
  world.serve('guide', 'v1', ['the red door']);
  return world;
}

/** One who asks; the test decides about their admission, and reads what was booked to them. */
function asks(world: World, budgetMs = 60_000) {
  const booked: Usage[] = [];
  const admission = Promise.withResolvers<Admission>();
  admission.promise.catch(() => {});
  const caller = new AbortController();
  const { events, settle } = world.start(
    'which door?',
    {},
    { admission: admission.promise, signal: caller.signal, budgetMs },
  );
  return {
    ...{ events, settle, booked },
    leave: () => caller.abort(new Error('left')),
    admit: () => admission.resolve({ settle: async (usage) => void booked.push(usage) }),
    refuse: () => admission.reject(new RagError('rate_limited', 'Too many.')),
  };
}

const nothing: Usage = { promptTokens: 0, completionTokens: 0 };
const promptAlone: Usage = { promptTokens: expect.any(Number), completionTokens: 0 };

describe('a call that was dropped before its first text', () => {
  /** Has it dropped while the given port call is held, and gives what was booked. */
  async function dropAt(held: string, drop: (caller: ReturnType<typeof asks>) => unknown): Promise<Usage> {
    const world = withGuide();
    world.calls.hold(held);
    const caller = asks(world, 5_000);
    caller.admit();
    const failure = collectFailure(caller.events);
    await world.calls.made(held);
    await world.calls.made('chat.open');
    // What can run does.
    await vi.advanceTimersByTimeAsync(0);
    await drop(caller);
    await failure;
    await caller.settle();
    expect(caller.booked).toHaveLength(1);
    expect(world.telemetry.reports).toMatchObject([{ usage: caller.booked[0] }]);
    return caller.booked[0]!;
  }
  const atDeadline = () => vi.advanceTimersByTimeAsync(5_000);
  const byLeaving = ({ leave }: { leave: () => void }) => leave();

  it.each([
    ['at the deadline, while the sources were checked', 'documents.getMany', atDeadline],
    ['at the deadline, while the model was silent', 'chat.next', atDeadline],
    ['by a caller who left, while the sources were checked', 'documents.getMany', byLeaving],
    ['by a caller who left, while the model was silent', 'chat.next', byLeaving],
  ])('%s is booked with its prompt if it was accepted', async (_, held, drop) => {
    const booked = await dropAt(held, drop);
    expect(booked).toEqual(promptAlone);
    expect(booked.promptTokens).toBeGreaterThan(100);
  });

  it.each([
    ['at the deadline', atDeadline],
    ['by a caller who left', byLeaving],
  ])('%s is not booked if it was never accepted', async (_, drop) => {
    expect(await dropAt('chat.open', drop)).toEqual(nothing);
  });

  it('for a cached answer that came later is booked with its prompt', async () => {
    const world = withGuide();
    const before = world.start('which door?');
    await collect(before.events);
    await before.settle();
    const finding = world.calls.hold('answers.find');
    // The first check is that of the call, and the next one that of the cached answer.
    const checking = Promise.withResolvers<void>();
    const checks = world.calls.of('documents.getMany').length;
    world.calls.before('documents.getMany', () =>
      world.calls.of('documents.getMany').length === checks + 1 ? checking.promise : undefined,
    );
    const caller = asks(world);
    caller.admit();
    const answer = collect(caller.events);
    await world.calls.made('embed', 2);
    // Longer than the cache is waited for.
    await vi.advanceTimersByTimeAsync(500);
    await world.calls.made('chat.open', 2);
    finding.release();
    const { sources, text, done } = await answer;
    expect([sources.cached, text, done.usage]).toEqual(['exact', 'The red one [1].', promptAlone]);
    await caller.settle();
    expect(caller.booked).toEqual([done.usage]);
    expect(done.usage.promptTokens).toBeGreaterThan(100);
  });
});

describe('what two share, when the one who was let in leaves before the other is', () => {
  async function left() {
    const world = withGuide();
    const model = world.calls.hold('chat.next');
    const [one, other] = [asks(world), asks(world)];
    const failure = collectFailure(one.events);
    const answer = collect(other.events);
    answer.catch(() => {});
    one.admit();
    await world.calls.made('chat.next');
    one.leave();
    await failure;
    return { one, other, answer, model, settled: one.settle() };
  }

  it('is booked to the one who left if the other is refused', async () => {
    const { one, other, answer, settled } = await left();
    other.refuse();
    await expect(answer).rejects.toMatchObject({ code: 'rate_limited' });
    await other.settle();
    await settled;
    expect([one.booked, other.booked]).toEqual([[promptAlone], []]);
    expect(one.booked[0]!.promptTokens).toBeGreaterThan(100);
  });

  it('is booked to the other if that one is let in', async () => {
    const { one, other, answer, model, settled } = await left();
    other.admit();
    model.release();
    expect((await answer).done.usage).toEqual(fakeUsage);
    await other.settle();
    await settled;
    expect([one.booked, other.booked]).toEqual([[nothing], [fakeUsage]]);
  });

  it('is booked to each with their own part if the other is let in late', async () => {
    const { one, other, answer, model, settled } = await left();
    await vi.advanceTimersByTimeAsync(500);
    await settled;
    other.admit();
    model.release();
    await answer;
    await other.settle();
    const { promptTokens, completionTokens } = fakeUsage;
    expect(one.booked).toEqual([promptAlone]);
    // The estimate was more than the prompt had.
    expect(one.booked[0]!.promptTokens).toBeGreaterThan(promptTokens);
    expect(other.booked).toEqual([{ promptTokens: 0, completionTokens }]);
  });
});
