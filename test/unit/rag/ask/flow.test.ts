import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answerKey } from '../../../../lib/rag/cache/answer-key.ts';
import type { AnswerEntry } from '../../../../lib/rag/ports/answers.ts';
import type { AskEvent, CachedAnswer } from '../../../../lib/rag/types.ts';
import { finish, fakeUsage } from '../../../fakes/chat.ts';
import { collect } from '../../../fakes/collect.ts';
import { createWorld, question, scope, type World } from '../../../fakes/world.ts';

const models = { chatModel: 'fake-chat', embeddingModel: 'fake-embedding' };

function cache(world: World, text: string, more: Partial<CachedAnswer> = {}) {
  const answer: CachedAnswer = {
    text: 'From the cache [1].',
    finishReason: 'stop',
    sources: [
      { n: 1, document: 'guide', title: 'guide', uri: 'u', headings: [], chunk: 0, score: 1, snippet: 's' },
    ],
    citations: [1],
    servedBy: 'an-older-model',
    createdAt: '2026-11-01T00:00:00.000Z',
    versions: { guide: 'v1' },
    ...more,
  };
  const key = { scope, key: answerKey(question(text), models) };
  world.answers.keep(key, { answer, question: text, shape: '', groups: ['g'], keptSeconds: 60 });
}

describe('what waits for what', () => {
  it('starts cache, embedding, keyword search and metadata before any of them has answered', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const atOnce = ['answers.find', 'documents.recent', 'embed', 'keywords.search'];
    const held = atOnce.map((name) => world.calls.hold(name));
    const answer = collect(world.start('which door?').events);
    await world.calls.made('keywords.search');
    expect(world.calls.open()).toEqual(atOnce);
    // Nothing starts before the embedding on the way to the first token.
    expect(world.calls.all[0]!.name).toBe('embed');
    for (const one of held) one.release();
    await answer;
  });

  it('puts keyword search together only when the embedding has had a turn of the loop to leave', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const embedding = world.calls.hold('embed');
    let hasTurned = false;
    world.calls.before('keywords.search', () => expect(hasTurned).toBe(true));
    setImmediate(() => {
      hasTurned = true;
    });
    const answer = collect(world.start('which door?').events);
    await world.calls.made('keywords.search');
    embedding.release();
    expect((await answer).done.degraded).toEqual([]);
  });

  it('searches as soon as the vector is there, whatever cache, keyword search and metadata do', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const names = ['answers.find', 'chunks.search', 'documents.recent', 'keywords.search'];
    const held = names.map((name) => world.calls.hold(name));
    const answer = collect(world.start('which door?').events);
    await Promise.all(names.map((name) => world.calls.made(name)));
    expect(world.calls.open()).toEqual(names);
    for (const one of held) one.release();
    await answer;
  });

  it('opens the model while the sources are still being checked, and shows nothing before they are', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const current = world.calls.hold('documents.getMany');
    const { events } = world.start('which door?');
    let hasShown = false;
    const first = events.next().then((event) => {
      hasShown = true;
      return event;
    });
    await world.calls.made('chat.open');
    expect(world.calls.open()).toContain('documents.getMany');
    await turn();
    expect(hasShown).toBe(false);
    current.release();
    expect((await first).value).toMatchObject({ type: 'sources', cached: false });
    await collectRest(events);
  });

  it('tells when each step ran: embedding, cache and metadata beside each other', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const held = ['answers.find', 'embed', 'documents.recent'].map((name) => world.calls.hold(name));
    const answer = collect(world.start('which door?').events);
    await turn();
    for (const one of held) one.release();
    const { steps, firstTokenMs, totalMs } = (await answer).done.timing;
    expect(Object.keys(steps).toSorted()).toEqual([
      'cache',
      'current',
      'documents',
      'embed',
      'generate',
      'keyword',
      'model',
      'search',
      'similar',
    ]);
    for (const [start, end] of Object.values(steps)) expect(start).toBeLessThanOrEqual(end);
    const together = [steps.cache!, steps.embed!, steps.documents!];
    expect(Math.max(...together.map(([start]) => start))).toBeLessThanOrEqual(
      Math.min(...together.map(([, end]) => end)),
    );
    expect(steps.search![0]).toBeGreaterThanOrEqual(steps.embed![1]);
    expect(firstTokenMs).toBeLessThanOrEqual(totalMs);
  });
});

describe('an exact answer', () => {
  it('aborts the embedding call and streams the cached answer', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    cache(world, 'which door?');
    world.calls.hold('embed');
    world.calls.hold('documents.recent');
    const { events, settle } = world.start('which door?');
    const first = await events.next();
    // At the first event already, not only when the question is over.
    expect(world.calls.of('embed')[0]!.signal.reason).toMatchObject({ message: 'Another way was faster.' });
    const { sources, text, deltas, done } = await collect(withFirst(first.value!, events));
    expect(sources).toMatchObject({ cached: 'exact', cachedAt: '2026-11-01T00:00:00.000Z' });
    expect(text).toBe('From the cache [1].');
    expect(deltas.length).toBeGreaterThan(1);
    expect(done).toMatchObject({
      finishReason: 'stop',
      citations: [1],
      servedBy: 'an-older-model',
      usage: { promptTokens: 0, completionTokens: 0 },
      degraded: [],
    });
    await settle();
    expect(world.calls.open()).toEqual([]);
    expect(world.calls.of('answers.put')).toEqual([]);
    expect(world.telemetry.reports).toMatchObject([{ outcome: 'stop', cached: 'exact' }]);
  });

  it('aborts the model call that already runs', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    cache(world, 'which door?');
    const lookup = world.calls.hold('answers.find');
    world.calls.hold('chat.open');
    const { events } = world.start('which door?');
    const first = events.next();
    const opening = await world.calls.made('chat.open');
    lookup.release();
    expect((await first).value).toMatchObject({ type: 'sources', cached: 'exact' });
    expect(opening.signal.reason).toMatchObject({ message: 'Another way was faster.' });
    await collectRest(events);
  });

  it('does not let the handler return before the other way has ended', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    cache(world, 'which door?');
    const slow = Promise.withResolvers<Float32Array[]>();
    world.embeddings.embed = () => slow.promise;
    const { events, settle } = world.start('which door?');
    await collect(events);
    let isSettled = false;
    const settled = settle().then(() => {
      isSettled = true;
    });
    await turn();
    expect(isSettled).toBe(false);
    slow.reject(new Error('ended late'));
    await settled;
    expect(world.failures).toEqual([]);
  });

  it.each([
    ['changed', (world: World) => world.serve('guide', 'v2', ['the blue door'])],
    ['was deleted', (world: World) => world.documents.entries.clear()],
  ])('is not served when its document %s', async (_, change) => {
    const world = createWorld(() => ['Blue [1].', finish]);
    world.serve('other', 'v1', ['a door']);
    world.serve('guide', 'v1', ['the red door']);
    cache(world, 'which door?');
    change(world);
    world.serve('other', 'v1', ['a door']);
    const { sources, text } = await collect(world.start('which door?').events);
    expect([sources.cached, text]).toEqual([false, 'Blue [1].']);
  });

  it.each(['refresh', 'off'] as const)('is not looked for with cache: %s', async (mode) => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    cache(world, 'which door?');
    const { sources, done } = await collect(world.start('which door?', { cache: mode }).events);
    expect(sources.cached).toBe(false);
    expect(world.calls.of('answers.find')).toEqual([]);
    expect(done.degraded).toEqual([]);
  });

  it('is found again for the same words and not for another scope, top-k, history or model', async () => {
    const key = answerKey(question('Où est\n l’été ?'), models);
    expect(answerKey(question(' Où   est l’été ? '), models)).toBe(key);
    expect(answerKey(question('Où est l’ete ?'), models)).not.toBe(key);
    expect(answerKey(question('Où est l’été ?', { topK: 3 }), models)).not.toBe(key);
    const history = [{ role: 'user', content: 'x' }] as const;
    expect(answerKey(question('Où est l’été ?', { history }), models)).not.toBe(key);
    expect(answerKey(question('Où est l’été ?'), { ...models, chatModel: 'x' })).not.toBe(key);
    expect(answerKey(question('Où est l’été ?'), { ...models, embeddingModel: 'x' })).not.toBe(key);
  });
});

describe('the answer cache is written', () => {
  it('only after the response, and serves the next same question', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const { events, settle } = world.start('which door?');
    await collect(events);
    expect(world.calls.of('answers.put')).toEqual([]);
    expect(world.telemetry.reports).toEqual([]);
    await settle();
    expect(world.telemetry.reports).toMatchObject([{ outcome: 'stop', cached: false, usage: fakeUsage }]);
    const [put] = world.calls.of('answers.put');
    expect(put!.input).toMatchObject({ answer: { text: 'Yes [1].', versions: { guide: 'v1' } } });
    world.calls.hold('embed');
    const again = await collect(world.start('which  door?').events);
    expect([again.sources.cached, again.text]).toEqual(['exact', 'Yes [1].']);
  });

  it.each([
    ['was cut by length', ['Yes [1].', { type: 'finish', reason: 'length', usage: fakeUsage }], 'length'],
    ['cites nothing', ['Yes.', finish], 'stop'],
    ['cites what is not there', ['Yes [7].', finish], 'stop'],
  ] as const)('not for an answer that %s', async (_, reply, finishReason) => {
    const world = createWorld(() => reply);
    world.serve('guide', 'v1', ['the red door']);
    const { events, settle } = world.start('which door?');
    expect((await collect(events)).done.finishReason).toBe(finishReason);
    await settle();
    expect(world.calls.of('answers.put')).toEqual([]);
  });

  it('for a minute where the model declined, unless a document changes, which may hold the answer', async () => {
    const world = createWorld(() => ['NOT_IN_SOURCES', finish]);
    world.serve('guide', 'v1', ['the red door']);
    for (const one of world.documents.entries.values()) one.updatedAt = '2026-01-01T00:00:00.000Z';
    const ask = async () => {
      const { events, settle } = world.start('which door?');
      const { sources, done } = await collect(events);
      await settle();
      return [sources.cached, done.finishReason];
    };
    expect(await ask()).toEqual([false, 'declined']);
    const entry = world.calls.of('answers.put')[0]!.input as AnswerEntry;
    expect([entry.keptSeconds, entry.vector]).toEqual([60, undefined]);
    expect(await ask()).toEqual(['exact', 'declined']);
    world.serve('other', 'v1', ['the blue door']);
    expect(await ask()).toEqual([false, 'declined']);
  });

  it.each(['keywords.search'])('not for an answer that had to go without %s', async (call) => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    world.calls.before(call, () => Promise.reject(new Error('down')));
    const { events, settle } = world.start('which door?');
    await collect(events);
    await settle();
    expect(world.calls.of('answers.put')).toEqual([]);
  });

  it('not with cache: off', async () => {
    const world = createWorld();
    world.serve('guide', 'v1', ['the red door']);
    const { events, settle } = world.start('which door?', { cache: 'off' });
    await collect(events);
    await settle();
    expect(world.calls.of('answers.put')).toEqual([]);
  });
});

it('declines without a model call where nothing is stored', async () => {
  const world = createWorld();
  const { sources, text, done } = await collect(world.start('which door?').events);
  expect(sources.sources).toEqual([]);
  expect(text).toBe('I could not find an answer to that in the documents.');
  expect(done).toMatchObject({ finishReason: 'declined', citations: [] });
  expect(world.calls.of('chat.open')).toEqual([]);
});

it('numbers its sources as the prompt does, and never takes one of another scope', async () => {
  let prompt = '';
  const world = createWorld((messages) => {
    prompt = messages.at(-1)?.content ?? '';
    return ['Yes [2].', finish];
  });
  world.serve('guide', 'v1', ['the red door']);
  world.serve('history', 'v1', ['the red door is old']);
  world.serve('secret', 'v1', ['the red door of another tenant'], 'other/main');
  const { sources, done } = await collect(world.start('the red door').events);
  expect(sources.sources.map(({ n, document, chunk }) => [n, document, chunk])).toEqual([
    [1, 'guide', 0],
    [2, 'history', 0],
  ]);
  expect(prompt.indexOf('<source n="1"')).toBeLessThan(prompt.indexOf('<source n="2"'));
  expect(prompt).not.toContain('another tenant');
  expect(done.citations).toEqual([2]);
});

/** The events with the one that was already taken. */
async function* withFirst(first: AskEvent, rest: AsyncIterable<AskEvent>): AsyncGenerator<AskEvent> {
  yield first;
  yield* rest;
}

async function collectRest(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}
