import { expect, it } from 'vitest';
import { fakeUsage, finish, type Reply } from '../../../fakes/chat.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld, scope } from '../../../fakes/world.ts';

/** Replies by what is in the prompt, so that an answer from old text can be told from one from new text. */
const byPrompt = (messages: readonly { content: string }[]): Reply =>
  messages.at(-1)!.content.includes('the blue door')
    ? ['It is blue [1].', finish]
    : ['It is red [1].', finish];

/** A search that still finds the old version, and metadata that do not know of the new one yet. */
function behind() {
  const world = createWorld(byPrompt);
  world.serve('guide', 'v1', ['the red door']);
  world.calls.before('documents.recent', () => Promise.reject(new Error('slow index')));
  return world;
}

it('a source that changed restarts the model with the right one, and nothing of the stale answer is seen', async () => {
  const world = behind();
  world.calls.before('chunks.search', () => {
    if (world.calls.of('chunks.search').length === 1) world.serve('guide', 'v2', ['the blue door']);
  });
  // The first search already sees both versions and prefers the old one.
  const { events, settle } = world.start('which red door');
  const { sources, text, deltas, done } = await collect(events);
  const [first, second] = world.calls.of('chat.open');
  expect(first!.signal.reason).toMatchObject({ message: 'A source has changed.' });
  expect(JSON.stringify(first!.input)).toContain('the red door');
  expect(JSON.stringify(second!.input)).not.toContain('the red door');
  expect([text, deltas.length]).toEqual(['It is blue [1].', 1]);
  expect(sources.sources.map(({ snippet }) => snippet)).toEqual(['the blue door']);
  // The prompt of the call that was dropped was read too.
  expect(done.usage).toMatchObject({ completionTokens: fakeUsage.completionTokens });
  expect(done.usage.promptTokens).toBeGreaterThan(fakeUsage.promptTokens + 100);
  await settle();
  expect(world.telemetry.reports).toMatchObject([{ restarts: 1 }]);
  expect(world.calls.of('answers.put')[0]!.input).toMatchObject({ answer: { versions: { guide: 'v2' } } });
});

it('a model that has already accepted the stale prompt is not read', async () => {
  const world = behind();
  const check = world.calls.hold('documents.getMany');
  const answer = collect(world.start('which red door').events);
  await world.calls.made('documents.getMany');
  world.serve('guide', 'v2', ['the blue door']);
  world.calls.before('chat.next', undefined);
  check.release();
  expect((await answer).text).toBe('It is blue [1].');
  const [first] = world.calls.of('chat.open');
  expect(world.calls.of('chat.next').filter((call) => call.signal === first!.signal)).toEqual([]);
});

it('a document deleted meanwhile is not cited', async () => {
  const world = behind();
  const check = world.calls.hold('documents.getMany');
  const answer = collect(world.start('which red door').events);
  await world.calls.made('documents.getMany');
  const record = world.documents.entries.get(`${scope} guide`)!;
  const { version: _, ...rest } = record;
  world.documents.entries.set(`${scope} guide`, { ...rest, state: 'deleted' });
  check.release();
  const { sources, done } = await answer;
  expect([sources.sources, done.finishReason]).toEqual([[], 'declined']);
});

it('a document that fails to be read again is still served as it was', async () => {
  const world = createWorld(byPrompt);
  world.serve('guide', 'v1', ['the red door']);
  const record = world.documents.entries.get(`${scope} guide`)!;
  world.documents.entries.set(`${scope} guide`, { ...record, state: 'failed' });
  expect((await collect(world.start('which red door').events)).text).toBe('It is red [1].');
});

it('documents that change without end are a conflict, and every model call is ended', async () => {
  const world = behind();
  let version = 1;
  world.calls.before('documents.getMany', () => {
    version += 1;
    world.serve('guide', `v${version}`, ['the red door']);
  });
  const { events, settle } = world.start('which red door');
  const { events: seen, error } = await collectFailure(events);
  expect([seen, error]).toMatchObject([[], { code: 'conflict', retryable: true }]);
  expect(world.calls.of('chat.open').map((call) => call.signal.aborted)).toEqual([true, true, true, true]);
  await settle();
  expect(world.calls.open()).toEqual([]);
});

it('known metadata keep old chunks out from the start', async () => {
  const world = createWorld(byPrompt);
  world.serve('guide', 'v1', ['the red door']);
  world.serve('guide', 'v2', ['the blue door']);
  expect((await collect(world.start('which red door').events)).text).toBe('It is blue [1].');
  expect(world.calls.of('chat.open')).toHaveLength(1);
});

it('known metadata that lag behind do not keep the new chunks out', async () => {
  const world = createWorld(byPrompt);
  world.serve('guide', 'v1', ['the red door']);
  const lagging = world.documents.entries.get(`${scope} guide`)!;
  world.chunks.entries.clear();
  world.serve('guide', 'v2', ['the blue door']);
  world.documents.recent = async () => [lagging];
  const { text, sources } = await collect(world.start('which door').events);
  expect([text, sources.sources.length]).toEqual(['It is blue [1].', 1]);
});
