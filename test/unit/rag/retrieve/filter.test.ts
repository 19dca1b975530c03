import { describe, expect, it } from 'vitest';
import { answerKey } from '../../../../lib/rag/cache/answer-key.ts';
import { fitsFilter, planFilter } from '../../../../lib/rag/retrieve/filter.ts';
import type { Filter, Metadata } from '../../../../lib/rag/types.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld, question, scope } from '../../../fakes/world.ts';

const metadata: Metadata = {
  date: '2024-02-29',
  tags: ['hr', 'pay'],
  fields: { team: 'legal', year: 2024, draft: false },
};

describe('a filter fits', () => {
  it.each<[Filter, boolean]>([
    [{}, true],
    [{ team: ['legal'] }, true],
    [{ team: ['sales'] }, false],
    [{ team: ['sales', 'legal'] }, true],
    [{ team: ['legal'], year: [2023] }, false],
    [{ team: ['legal'], year: [2024], draft: [false] }, true],
    [{ year: ['2024'] }, false],
    [{ tags: ['pay'] }, true],
    [{ tags: ['legal', 'hr'] }, true],
    [{ tags: ['legal'] }, false],
    [{ date: ['2024-02-29'] }, true],
    [{ date: ['2024-02-28'] }, false],
    [{ constructor: ['x'] }, false],
  ])('%j: %s', (filter, fits) => expect(fitsFilter(filter, metadata)).toBe(fits));

  it('no document without metadata, unless it asks for nothing', () => {
    expect([fitsFilter({ team: ['legal'] }, undefined), fitsFilter({}, undefined)]).toEqual([false, true]);
  });
});

describe('a filter becomes searches', () => {
  const searchesOf = (filter: Filter) => {
    const { searches, isWhole } = planFilter(filter, (name) => name !== 'tags');
    return { isWhole, searches: searches.map((search) => Object.fromEntries(search)) };
  };

  it('one for equalities, one for each combination of sets', () => {
    expect(searchesOf({ team: ['a'], year: [1] })).toEqual({
      isWhole: true,
      searches: [{ team: 'a', year: 1 }],
    });
    const sets = searchesOf({ team: ['a', 'b'], year: [1, 2] });
    expect(sets).toEqual({
      isWhole: true,
      searches: [
        { team: 'a', year: 1 },
        { team: 'a', year: 2 },
        { team: 'b', year: 1 },
        { team: 'b', year: 2 },
      ],
    });
  });

  it('never more than ten: the largest sets are left for afterwards', () => {
    const { searches, isWhole } = searchesOf({ n: [1, 2, 3, 4, 5, 6], team: ['a', 'b'] });
    expect([searches, isWhole]).toEqual([[{ team: 'a' }, { team: 'b' }], false]);
  });

  it('leaves what the index does not know for afterwards', () => {
    expect(searchesOf({ tags: ['hr'] })).toEqual({ isWhole: false, searches: [{}] });
  });
});

it('the key of an answer changes with the filter, but not with the order it is written in', () => {
  const models = { chatModel: 'c', embeddingModel: 'e' };
  const keyOf = (filter?: Filter) => answerKey(question('x', filter && { filter }), models);
  const keys = [
    keyOf(),
    keyOf({ team: ['a'] }),
    keyOf({ team: ['b'] }),
    keyOf({ year: [1] }),
    keyOf({ year: ['1'] }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keyOf({ a: [1, 2], b: ['x'] })).toBe(keyOf({ b: ['x'], a: [2, 1] }));
});

describe('a question with a filter', () => {
  const library = () => {
    const world = createWorld();
    world.serve('contract', 'v1', ['the red door opens at nine'], scope, metadata);
    world.serve('gossip', 'v1', ['the red door is haunted'], scope, {
      tags: ['fun'],
      fields: { team: 'sales' },
    });
    world.serve('plain', 'v1', ['the red door is red']);
    return world;
  };
  const documents = async (filter?: Filter) => {
    const { sources, done } = await collect(library().start('red door', filter && { filter }).events);
    return [sources.sources.map(({ document }) => document).toSorted(), done.filtered] as const;
  };

  it.each<[string, Filter | undefined, string[], string | undefined]>([
    ['none', undefined, ['contract', 'gossip', 'plain'], undefined],
    ['a field', { team: ['legal'] }, ['contract'], 'index'],
    ['a set', { team: ['legal', 'sales'] }, ['contract', 'gossip'], 'index'],
    ['a tag', { tags: ['fun'] }, ['gossip'], 'after'],
    ['both', { tags: ['fun'], team: ['legal'] }, [], 'after'],
  ])('by %s', async (_, filter, found, filtered) =>
    expect(await documents(filter)).toEqual([found, filtered]),
  );

  it('by a field that no document has is refused with those that there are, whatever else is slow', async () => {
    const world = library();
    world.calls.hold('embed');
    const { error } = await collectFailure(world.start('red door', { filter: { tema: ['legal'] } }).events);
    expect(error).toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/filter\.tema.*tags, date, draft, team, year/) as string,
      details: { known: ['tags', 'date', 'draft', 'team', 'year'] },
    });
    expect(world.calls.of('embed')[0]!.signal.aborted).toBe(true);
  });

  it('finds by words what only words tell of, past dozens that do not fit', async () => {
    const world = createWorld();
    const fields = { team: 'legal' };
    world.serve(
      'others',
      'v1',
      Array.from({ length: 60 }, (_, n) => `part AB-1234/5 number ${n}`),
    );
    world.serve(
      'ours',
      'v1',
      ['AB-1234/5 and very much more of other words that make this passage long'],
      scope,
      { fields },
    );
    const { sources } = await collect(world.start('AB-1234/5', { filter: { team: ['legal'] } }).events);
    expect(sources.sources.map(({ document }) => document)).toEqual(['ours']);
    const [search] = world.calls.of('keywords.search');
    expect(search!.input).toMatchObject({ limit: 100 });
  });

  it('says of an answer out of the cache how it was filtered too', async () => {
    const world = library();
    const ask = async () => {
      const { events, settle } = world.start('red door', { filter: { team: ['legal'] } });
      const { sources, done } = await collect(events);
      await settle();
      return [sources.cached, done.filtered];
    };
    expect([await ask(), await ask()]).toEqual([
      [false, 'index'],
      ['exact', 'index'],
    ]);
  });

  it('shows the owner’s address of a document', async () => {
    const world = createWorld();
    world.serve('contract', 'v1', ['the red door'], scope, { uri: 'https://example.org/c', fields: {} });
    const { sources } = await collect(world.start('red door').events);
    expect(sources.sources[0]!.uri).toBe('https://example.org/c');
  });
});
