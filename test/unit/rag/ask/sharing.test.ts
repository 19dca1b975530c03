import { describe, expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { fakeUsage, finish } from '../../../fakes/chat.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld, type World } from '../../../fakes/world.ts';

/** The model says which version of the guide its prompt holds. */
function withGuide(): World {
  const world = createWorld((messages) => {
    const version = /version \d/.exec(messages.at(-1)!.content)?.[0] ?? 'nothing';
    return [`It is `, version, ' [1].', finish];
  });
  world.serve('guide', 'v1', ['the red door, version 1']);
  // Long ago: who joins while an answer is made has to know that nothing has changed since.
  for (const record of world.documents.entries.values()) record.updatedAt = '2026-01-01T00:00:00.000Z';
  return world;
}

/** Asks `count` times at once and does all that is left to do after. */
async function askAtOnce(world: World, count: number) {
  const started = Array.from({ length: count }, () => world.start('which door?'));
  const answers = await Promise.all(started.map(({ events }) => collect(events)));
  await Promise.all(started.map(({ settle }) => settle()));
  return answers;
}

describe('who asks the same at the same time', () => {
  it('shares one model call, 500 callers at once', async () => {
    const world = withGuide();
    const answers = await askAtOnce(world, 500);
    expect(world.calls.of('chat.open')).toHaveLength(1);
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['It is version 1 [1].']));
    expect(new Set(answers.map(({ sources }) => sources.id)).size).toBe(500);
    expect(world.calls.of('answers.put')).toHaveLength(1);
    expect(world.calls.of('answers.find')).toHaveLength(1);
    // What the model has used is told and booked once.
    const used = answers.map(({ done }) => done.usage.promptTokens).filter((tokens) => tokens > 0);
    expect(used).toEqual([fakeUsage.promptTokens]);
    const { reports } = world.telemetry;
    expect(reports.filter(({ usage }) => usage.promptTokens > 0)).toMatchObject([{ usage: fakeUsage }]);
    expect(reports.filter(({ isShared }) => isShared)).toHaveLength(499);
    expect(reports.filter(({ outcome }) => outcome === 'stop')).toHaveLength(500);
  });

  it.each([
    ['in another scope', { scope: 'other/main' }],
    ['with another filter', { filter: { tags: ['a'] } }],
    ['without the cache', { cache: 'off' }],
    ['for a fresh answer', { cache: 'refresh' }],
    ['after another history', { history: [{ role: 'user', content: 'hello' }] }],
  ] as const)('has an answer of its own %s', async (_, more) => {
    const world = withGuide();
    world.chunks.fields = async () => new Map([['tags', true]]);
    const held = world.calls.hold('embed');
    const [one, other] = [world.start('which door?'), world.start('which door?', more)];
    const answers = Promise.all([collect(one.events), collect(other.events)]);
    await world.calls.made('embed', 2);
    held.release();
    await answers;
    expect(world.telemetry.reports.some(({ isShared }) => isShared)).toBe(false);
  });

  it('gets the whole answer from the first word on, however late', async () => {
    const world = withGuide();
    const first = world.start('which door?').events;
    const seen = [(await first.next()).value, (await first.next()).value, (await first.next()).value];
    expect(seen.at(-1)).toMatchObject({ type: 'delta' });
    const late = await collect(world.start('which door?').events);
    expect(late.text).toBe('It is version 1 [1].');
    expect(late.done.timing.steps).toEqual({ shared: [0, late.done.timing.totalMs] });
    await first.return();
    expect(world.calls.of('chat.open')).toHaveLength(1);
  });
});

describe('a caller that leaves', () => {
  it('before the first token loses nobody else their answer, and costs no second call', async () => {
    const world = withGuide();
    const held = world.calls.hold('chat.next');
    const caller = new AbortController();
    const leaving = world.start('which door?', {}, { signal: caller.signal });
    const failure = collectFailure(leaving.events);
    await world.calls.made('chat.open');
    const staying = world.start('which door?');
    const answer = collect(staying.events);
    caller.abort(new Error('left'));
    expect((await failure).error).toMatchObject({ message: 'left' });
    await leaving.settle();
    expect(world.calls.of('chat.open')[0]!.signal.aborted).toBe(false);
    held.release();
    expect((await answer).text).toBe('It is version 1 [1].');
    await staying.settle();
    expect(world.calls.of('chat.open')).toHaveLength(1);
    // Who stayed does what the one who began would have done.
    expect(world.calls.of('answers.put')).toHaveLength(1);
    expect(world.telemetry.reports).toMatchObject([
      { outcome: 'aborted', usage: { promptTokens: 0 } },
      { outcome: 'stop', usage: fakeUsage, isShared: true },
    ]);
  });

  it('as the last one ends the work upstream', async () => {
    const world = withGuide();
    world.calls.hold('chat.next');
    const callers = [new AbortController(), new AbortController()];
    const failures = callers.map(({ signal }) =>
      collectFailure(world.start('which door?', {}, { signal }).events),
    );
    const call = await world.calls.made('chat.next');
    callers[0]!.abort(new Error('one left'));
    await failures[0];
    expect(call.signal.aborted).toBe(false);
    callers[1]!.abort(new Error('both left'));
    expect(call.signal.aborted).toBe(true);
    expect((await failures[1])!.error).toMatchObject({ message: 'both left' });
    expect(world.calls.open()).toEqual([]);
  });
});

describe('a document that changes while an answer is shared', () => {
  it('gives who asks afterwards the new version, and who asked before what was true then', async () => {
    const world = withGuide();
    const before = world.start('which door?').events;
    await before.next();
    world.serve('guide', 'v2', ['the red door, version 2']);
    const after = await collect(world.start('which door?').events);
    expect([after.text, after.sources.cached]).toEqual(['It is version 2 [1].', false]);
    let text = '';
    for await (const event of before) if (event.type === 'delta') text += event.text;
    expect(text).toBe('It is version 1 [1].');
  });

  it('has who asks after it was put hear of it, whatever the answer rests on that is being made', async () => {
    const world = withGuide();
    const before = world.start('which door?').events;
    await before.next();
    world.serve('other', 'v1', ['the blue door, version 2']);
    const after = await collect(world.start('which door?').events);
    expect(after.sources.sources.map(({ document }) => document)).toContain('other');
    await before.return();
  });

  it('is read once more only for those who asked after the check', async () => {
    const world = withGuide();
    await askAtOnce(world, 20);
    expect(world.calls.of('documents.getMany')).toHaveLength(1);
  });
});

it('tells a failure to all who share it, with what was used to one', async () => {
  const world = createWorld(() => ['Yes ', new RagError('model_unavailable', 'Gone.')]);
  world.serve('guide', 'v1', ['the red door']);
  const started = Array.from({ length: 3 }, () => world.start('which door?'));
  const failures = await Promise.all(started.map(({ events }) => collectFailure(events)));
  expect(failures.map(({ error }) => (error as RagError).code)).toEqual(Array(3).fill('model_unavailable'));
  await Promise.all(started.map(({ settle }) => settle()));
  const used = failures.filter(({ error }) => (error as RagError).usage !== undefined);
  expect(used).toHaveLength(1);
  expect(world.telemetry.reports.filter(({ usage }) => usage.promptTokens > 0)).toHaveLength(1);
});
