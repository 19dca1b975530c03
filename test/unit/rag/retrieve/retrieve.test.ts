import { createAfterResponse } from '../../../../lib/async/after-response.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { fuseSearches, retrieve } from '../../../../lib/rag/retrieve/retrieve.ts';
import { startRun } from '../../../../lib/rag/ask/run.ts';
import { collect } from '../../../fakes/collect.ts';
import { toVector } from '../../../fakes/embeddings.ts';
import { createWorld, scope, type World } from '../../../fakes/world.ts';

const { signal } = new AbortController();
const broken = new RagError('storage_unavailable', 'The database did not answer.');

/** Retrieves as a question does; `vector` may be one that the test has not decided on yet. */
function find(world: World, text: string, { limit = 16, vector = Promise.resolve(toVector(text)) } = {}) {
  const run = startRun(world.telemetry, signal);
  const hits = retrieve(world, run, { scope, text, limit }, vector, signal);
  return { run, hits };
}

/** Twenty passages that a vector search prefers, and one that only its part number tells of. */
function withPart() {
  const world = createWorld();
  world.serve(
    'filler',
    'v1',
    Array.from({ length: 20 }, (_, n) => `the pump needs a new seal number ${n}`),
  );
  world.serve('parts', 'v1', ['AB-1234/5 fits']);
  // By vector it comes last, whatever the fake's vectors are.
  world.chunks.entries.get(`${scope} parts v1 0`)!.vector = toVector('the pump needs').map((value) => -value);
  return world;
}

describe('by meaning and by words', () => {
  it('what only its words tell of is found, with its text, as a source of the answer', async () => {
    const world = withPart();
    const { sources } = await collect(world.start('which seal does the pump AB-1234/5 need?').events);
    expect(sources.sources.find(({ document }) => document === 'parts')).toMatchObject({
      snippet: 'AB-1234/5 fits',
      title: 'parts',
    });
  });

  it('what only its meaning tells of is found', async () => {
    const world = createWorld();
    world.serve('words', 'v1', ['lighthouse keeper']);
    world.serve('meaning', 'v1', ['a tower for ships']);
    world.chunks.entries.get(`${scope} meaning v1 0`)!.vector = toVector('lighthouse');
    const hits = await find(world, 'lighthouse').hits;
    expect(hits.map(({ document }) => document).toSorted()).toEqual(['meaning', 'words']);
  });

  it('texts are read for the better half of the keyword hits alone', async () => {
    const world = withPart();
    await find(world, 'which seal does the pump AB-1234/5 need?', { limit: 6 }).hits;
    const [read] = world.calls.of('chunks.getMany');
    const { places } = read!.input as { places: { document: string }[] };
    expect([places.length, places[0]!.document]).toEqual([3, 'parts']);
  });

  it('gives no more than asked for, with scores that fall', async () => {
    const hits = await find(withPart(), 'pump AB-1234/5', { limit: 6 }).hits;
    expect(hits).toHaveLength(6);
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('a keyword hit whose chunk is gone is left out', async () => {
    const world = withPart();
    world.chunks.entries.delete(`${scope} parts v1 0`);
    const hits = await find(world, 'AB-1234/5').hits;
    expect(hits.map(({ document }) => document)).not.toContain('parts');
  });

  it('never finds what stands in another scope', async () => {
    const world = createWorld();
    world.serve('secret', 'v1', ['AB-1234/5 fits'], 'other/main');
    expect(await find(world, 'AB-1234/5').hits).toEqual([]);
  });

  it('a question of stop words alone is asked by meaning', async () => {
    const world = withPart();
    const { run, hits } = find(world, 'what is it?');
    expect((await hits).length).toBeGreaterThan(0);
    expect([world.calls.of('keywords.search'), Array.from(run.degraded)]).toEqual([[], []]);
  });
});

it('similarities that a model gives close together still count beside keywords that are', () => {
  const hit = (document: string, score: number) => ({
    ...{ document, version: 'v1', number: 0, title: document, text: document, headings: [] },
    score,
  });
  const nearest = [hit('b', 0.8), hit('a', 0.75), hit('c', 0.7)];
  const matching = [hit('a', 10), hit('b', 9.5), hit('d', 1)];
  const order = fuseSearches(nearest, matching, 3).map(({ document }) => document);
  expect(order.slice(0, 2)).toEqual(['b', 'a']);
});

describe('max and not sum', () => {
  it('keyword search and its texts wait for no vector, and the vector search for no keywords', async () => {
    const world = withPart();
    const embedding = Promise.withResolvers<Float32Array>();
    const texts = world.calls.hold('chunks.getMany');
    const { hits } = find(world, 'AB-1234/5', { vector: embedding.promise });
    await world.calls.made('chunks.getMany');
    expect(world.calls.of('chunks.search')).toEqual([]);
    embedding.resolve(toVector('pump'));
    await world.calls.made('chunks.search');
    expect(world.calls.open()).toContain('chunks.getMany');
    texts.release();
    expect((await hits)[0]!.document).toBe('parts');
  });

  it('hands the index the means to do work after the answer', async () => {
    const world = withPart();
    world.keywords.search = async (_, options) => {
      options.later?.(async () => {});
      return [];
    };
    const run = startRun(world.telemetry, signal);
    await retrieve(world, run, { scope, text: 'pump', limit: 4 }, Promise.resolve(toVector('pump')), signal);
    const added: unknown[] = [];
    run.work.handOver({ ...createAfterResponse(() => {}), add: (work) => void added.push(work) });
    expect(added).toHaveLength(1);
  });
});

describe('keywords degrade', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it.each(['keywords.search', 'chunks.getMany'])(
    'when %s fails, the order is by meaning and the answer says so',
    async (call) => {
      const world = withPart();
      world.calls.before(call, () => Promise.reject(broken));
      const { run, hits } = find(world, 'the pump');
      const byMeaning = await world.chunks.search(
        { scope, vector: toVector('the pump'), limit: 16 },
        { signal },
      );
      const places = (all: readonly { number: number }[]) => all.map(({ number }) => number);
      expect(places(await hits)).toEqual(places(byMeaning));
      expect(Array.from(run.degraded)).toEqual(['keyword']);
      expect(world.telemetry.gaveUp).toEqual(['keyword']);
      const { done } = await collect(world.start('the pump').events);
      expect(done.degraded).toEqual(['keyword']);
    },
  );

  it('when they take longer than their budget, and the call is ended', async () => {
    const world = withPart();
    world.calls.hold('keywords.search');
    const { run, hits } = find(world, 'the pump');
    const search = await world.calls.made('keywords.search');
    await world.calls.made('chunks.search');
    await vi.advanceTimersByTimeAsync(399);
    expect(search.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(search.signal.aborted).toBe(true);
    expect((await hits).length).toBeGreaterThan(0);
    expect(Array.from(run.degraded)).toEqual(['keyword']);
  });

  it('the vector search does not', async () => {
    const world = withPart();
    world.calls.before('chunks.search', () => Promise.reject(broken));
    await expect(find(world, 'the pump').hits).rejects.toBe(broken);
  });
});
