import { beforeEach, describe, expect, it } from 'vitest';
import type { ChunkStore } from '../../lib/rag/ports/knowledge.ts';
import type { Chunk, Filter, Filterable, Scope } from '../../lib/rag/types.ts';

const scope: Scope = 'acme/main';
const other: Scope = 'acme/other';

function chunk(document: string, version: string, number: number, more: Partial<Chunk> = {}): Chunk {
  return {
    document,
    version,
    number,
    title: 'T',
    text: `${document} ${version} ${number}`,
    headings: [],
    ...more,
  };
}

/** A unit vector at an angle, in degrees; angles near each other are near. */
function at(degrees: number): Float32Array {
  const radians = (degrees * Math.PI) / 180;
  return Float32Array.from([Math.cos(radians), Math.sin(radians), 0, 0]);
}

/** What every store of chunks does; its index has four dimensions. */
export function chunkStoreContract(name: string, create: () => Promise<ChunkStore>): void {
  describe(`chunk store: ${name}`, () => {
    const { signal } = new AbortController();
    let store: ChunkStore;
    beforeEach(async () => {
      store = await create();
    });
    const put = (revision: number, chunks: readonly [Chunk, number][], to = scope) =>
      store.put(
        { scope: to, revision },
        chunks.map(([chunk, degrees]) => ({ chunk, vector: at(degrees) })),
        { signal },
      );
    const search = (limit = 100, from = scope) =>
      store.search({ scope: from, vector: at(0), limit }, { signal });
    const found = async (from = scope) =>
      (await search(100, from)).map(({ text }) => text).toSorted((a, b) => (a < b ? -1 : 1));

    it('finds the nearest chunks first, with their cosine similarity, at most as many as asked for', async () => {
      await put(0, [
        [chunk('a', 'v1', 0), 60],
        [chunk('a', 'v1', 1), 0],
        [chunk('b', 'v1', 0), 30],
        [chunk('c', 'v1', 0), 180],
      ]);
      const hits = await search(3);
      expect(hits.map(({ text }) => text)).toEqual(['a v1 1', 'b v1 0', 'a v1 0']);
      for (const [at, cosine] of [1, Math.cos(Math.PI / 6), 0.5].entries())
        expect(hits[at]!.score).toBeCloseTo(cosine, 3);
      expect((await search()).at(-1)!.score).toBeCloseTo(-1, 3);
    });

    it('gives a chunk back as it was put', async () => {
      const whole = chunk('guides/über.md', 'v1', 12, {
        headings: ['A', 'B > C'],
        page: 7,
        line: 3,
        text: 'x\n\ny',
      });
      await put(0, [[whole, 0]]);
      const [hit] = await search();
      expect(hit).toEqual({ ...whole, score: expect.any(Number) as number });
    });

    describe('filters', () => {
      const about = (fields: Filterable['fields'], more: Partial<Filterable> = {}) => ({
        metadata: { ...more, fields },
      });
      const ids = async (filter: Filter, limit = 100) => {
        const hits = await store.search({ scope, vector: at(0), limit, filter }, { signal });
        return hits.map(({ document }) => document);
      };
      const knownFields = async (...names: string[]) =>
        Object.fromEntries(await store.fields({ scope, names }, { signal }));

      it('by equality, by sets, by tags and by day, nearest first', async () => {
        await put(0, [
          [chunk('a', 'v1', 0, about({ team: 'legal', year: 2024 }, { tags: ['hr', 'pay'] })), 30],
          [chunk('b', 'v1', 0, about({ team: 'legal', year: 2023 }, { date: '2023-05-01' })), 10],
          [chunk('c', 'v1', 0, about({ team: 'sales', year: 2024, open: true }, { tags: ['pay'] })), 20],
          [chunk('d', 'v1', 0, about({ year: '2024' })), 5],
          [chunk('e', 'v1', 0), 0],
        ]);
        expect(await ids({ team: ['legal'] })).toEqual(['b', 'a']);
        expect(await ids({ team: ['legal', 'sales'] })).toEqual(['b', 'c', 'a']);
        expect(await ids({ team: ['legal', 'sales'], year: [2024] })).toEqual(['c', 'a']);
        expect(await ids({ year: ['2024', 2023] })).toEqual(['d', 'b']);
        expect(await ids({ open: [true] })).toEqual(['c']);
        expect(await ids({ tags: ['hr', 'fun'] })).toEqual(['a']);
        expect(await ids({ tags: ['pay'], team: ['sales'] })).toEqual(['c']);
        expect(await ids({ date: ['2023-05-01'] })).toEqual(['b']);
        expect(await ids({ team: ['legal', 'sales'] }, 2)).toEqual(['b', 'c']);
        expect(await ids({ team: ['nobody'] })).toEqual([]);
        expect(await ids({ unheard: ['of'] })).toEqual([]);
      });

      it('finds what fits though a hundred others are nearer', async () => {
        const others = Array.from({ length: 120 }, (_, n) => [
          chunk('x', 'v1', n, about({ team: 'sales' })),
          0,
        ]);
        await put(0, [...(others as [Chunk, number][]), [chunk('a', 'v1', 0, about({ team: 'legal' })), 90]]);
        expect(await ids({ team: ['legal'] }, 4)).toEqual(['a']);
      });

      it('by more fields than the index knows', async () => {
        const fields = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n + 1}`, `v${n}`]));
        await put(0, [
          [chunk('a', 'v1', 0, about(fields)), 0],
          [chunk('b', 'v1', 0, about({ ...fields, f12: 'other' })), 10],
        ]);
        for (const [name, value] of Object.entries(fields))
          expect(await ids({ [name]: [value] })).toContain('a');
        expect(await ids({ f12: ['other'] })).toEqual(['b']);
        const known = await knownFields('f1');
        expect(Object.keys(known).toSorted()).toEqual(Object.keys(fields).toSorted());
        expect(Object.values(known).filter(Boolean)).toHaveLength(8);
      });

      it('knows the fields of its scope, those of documents that are gone too', async () => {
        await put(0, [[chunk('a', 'v1', 0, about({ team: 'legal' })), 0]]);
        await put(0, [[chunk('b', 'v1', 0, about({ secret: 1 })), 0]], other);
        expect(await knownFields('team', 'secret')).toEqual({ team: true });
        await store.sweep({ scope, document: 'a', revision: 1 }, { signal });
        await put(1, [[chunk('c', 'v1', 0, about({ year: 1 })), 0]]);
        expect(await knownFields('year')).toEqual({ team: true, year: true });
      });

      it('never leave the scope', async () => {
        await put(0, [[chunk('a', 'v1', 0, about({ team: 'legal' })), 0]]);
        await put(0, [[chunk('b', 'v1', 0, about({ team: 'legal' })), 0]], other);
        expect(await ids({ team: ['legal'] })).toEqual(['a']);
      });

      it('are about metadata that comes back as it was put, by its place too', async () => {
        const whole = chunk(
          'a',
          'v1',
          0,
          about({ team: 'ü', n: 0.1, b: false }, { date: '2024-01-01', tags: [] }),
        );
        await put(0, [[whole, 0]]);
        expect((await search())[0]!.metadata).toEqual(whole.metadata);
        const places = [{ document: 'a', version: 'v1', number: 0 }];
        expect(await store.getMany({ scope, places }, { signal })).toEqual([whole]);
      });
    });

    it('leaves page and line out where there are none', async () => {
      await put(0, [[chunk('a', 'v1', 0), 0]]);
      expect(Object.keys((await search())[0]!)).not.toEqual(expect.arrayContaining(['page']));
    });

    it('never finds a chunk of another scope', async () => {
      await put(0, [[chunk('a', 'v1', 0), 0]]);
      await put(0, [[chunk('b', 'v1', 0), 0]], other);
      expect([await found(), await found(other), await found('acme/none')]).toEqual([
        ['a v1 0'],
        ['b v1 0'],
        [],
      ]);
    });

    it('is not changed by writing the same again', async () => {
      await put(0, [[chunk('a', 'v1', 0), 0]]);
      const before = await search();
      await put(0, [[chunk('a', 'v1', 0), 0]]);
      expect(await search()).toEqual(before);
    });

    it('takes more chunks at once than one request holds', async () => {
      await put(
        0,
        Array.from({ length: 60 }, (_, n) => [chunk('a', 'v1', n), n] as [Chunk, number]),
      );
      expect(await search()).toHaveLength(60);
    });

    it('gives the chunks at their places, whole, and leaves out what is not there or of another scope', async () => {
      const whole = chunk('guides/über.md', 'v1', 12, { headings: ['A'], page: 7, line: 3 });
      await put(0, [
        [whole, 0],
        [chunk('a', 'v1', 0), 90],
        [chunk('a', 'v2', 0), 90],
      ]);
      await put(0, [[chunk('secret', 'v1', 0), 0]], other);
      const places = [
        { document: 'guides/über.md', version: 'v1', number: 12 },
        { document: 'a', version: 'v2', number: 0 },
        { document: 'a', version: 'v2', number: 1 },
        { document: 'secret', version: 'v1', number: 0 },
      ];
      const chunks = await store.getMany({ scope, places }, { signal });
      expect(chunks.toSorted((a, b) => a.number - b.number)).toEqual([chunk('a', 'v2', 0), whole]);
      expect(await store.getMany({ scope, places: [] }, { signal })).toEqual([]);
    });

    it('counts the chunks of one version of one document', async () => {
      const all = Array.from({ length: 12 }, (_, n) => [chunk('a', 'v1', n), n] as [Chunk, number]);
      await put(0, [...all, [chunk('a', 'v10', 0), 0], [chunk('a', 'v0', 0), 0], [chunk('ab', 'v1', 0), 0]]);
      await put(0, [[chunk('b', 'v1', 0), 0]], other);
      const count = (document: string, version: string) =>
        store.count({ scope, document, version }, { signal });
      expect([await count('a', 'v1'), await count('a', 'v10'), await count('ab', 'v1')]).toEqual([12, 1, 1]);
      expect([await count('a', 'v'), await count('b', 'v1'), await count('none', 'v1')]).toEqual([0, 0, 0]);
    });

    it('tells of every chunk of the document that was put with a hash, whose run it is and what it is of', async () => {
      const putWith = (revision: number, hash: string, one: Chunk, to = scope) =>
        store.put({ scope: to, revision }, [{ chunk: one, vector: at(0), hash }], { signal });
      await putWith(3, 'one', chunk('guides/über.md', 'v1', 0));
      await putWith(4, 'two', chunk('guides/über.md', 'v2', 12));
      await putWith(4, 'other', chunk('b', 'v2', 0));
      await putWith(4, 'secret', chunk('guides/über.md', 'v2', 1), other);
      await put(4, [[chunk('guides/über.md', 'v2', 13), 0]]);
      const written = await store.written({ scope, document: 'guides/über.md' }, { signal });
      expect(written.toSorted((a, b) => a.number - b.number)).toEqual([
        { version: 'v1', number: 0, revision: 3, hash: 'one' },
        { version: 'v2', number: 12, revision: 4, hash: 'two' },
      ]);
      expect(await store.written({ scope, document: 'none' }, { signal })).toEqual([]);
    });

    it('tells of more chunks than one page holds', async () => {
      const text = 'x'.repeat(20_000);
      const pairs = Array.from({ length: 120 }, (_, n) => ({
        ...{ chunk: chunk('a', 'v1', n, { text }), vector: at(n), hash: `hash ${n}` },
      }));
      await store.put({ scope, revision: 1 }, pairs, { signal });
      expect(await store.written({ scope, document: 'a' }, { signal })).toHaveLength(120);
    });

    it('gives the vectors at places in their order, a place that is asked for twice twice', async () => {
      await put(0, [
        [chunk('a', 'v1', 0), 0],
        [chunk('a', 'v1', 1), 90],
      ]);
      await put(0, [[chunk('a', 'v1', 2), 0]], other);
      const places = [1, 0, 1, 2].map((number) => ({ document: 'a', version: 'v1', number }));
      const vectors = await store.vectors({ scope, places }, { signal });
      const rounded = vectors.map(
        (vector) => vector && Array.from(vector, (value) => Number(value.toFixed(3))),
      );
      expect(rounded).toEqual([[0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], undefined]);
      expect(await store.vectors({ scope, places: [] }, { signal })).toEqual([]);
    });

    it('stores a vector that it gave the same again', async () => {
      const vector = Float32Array.from([0.123456, -0.000078912, 1 / 3, 1e-9]);
      await store.put({ scope, revision: 0 }, [{ chunk: chunk('a', 'v1', 0), vector }], { signal });
      const vectorAt = async (version: string) =>
        (await store.vectors({ scope, places: [{ document: 'a', version, number: 0 }] }, { signal }))[0]!;
      const first = await vectorAt('v1');
      const again = { chunk: chunk('a', 'v2', 0), vector: first };
      await store.put({ scope, revision: 0 }, [again], { signal });
      expect(await vectorAt('v2')).toEqual(first);
    });

    it('sweeps every version but the one to keep, of this document alone', async () => {
      await put(0, [
        [chunk('a', 'v1', 0), 0],
        [chunk('a', 'v2', 0), 0],
        [chunk('a', 'v3', 1), 0],
        [chunk('ab', 'v1', 0), 0],
      ]);
      await put(0, [[chunk('a', 'v1', 0), 0]], other);
      await store.sweep({ scope, document: 'a', keep: 'v2', revision: 1 }, { signal });
      expect([await found(), await found(other)]).toEqual([['a v2 0', 'ab v1 0'], ['a v1 0']]);
    });

    it('sweeps everything of a document where nothing is to be kept', async () => {
      await put(
        0,
        Array.from({ length: 40 }, (_, n) => [chunk('a', `v${n % 3}`, n), n] as [Chunk, number]),
      );
      await put(0, [[chunk('b', 'v1', 0), 0]]);
      await store.sweep({ scope, document: 'a', revision: 1 }, { signal });
      expect(await found()).toEqual(['b v1 0']);
    });

    it('does not sweep what a run from this revision or later wrote', async () => {
      await put(3, [[chunk('a', 'v1', 0), 0]]);
      await put(4, [
        [chunk('a', 'v2', 0), 0],
        [chunk('a', 'v1', 1), 0],
      ]);
      await store.sweep({ scope, document: 'a', revision: 4 }, { signal });
      expect(await found()).toEqual(['a v1 1', 'a v2 0']);
    });

    it('takes a chunk that a later run writes again for the later run’s', async () => {
      await put(0, [[chunk('a', 'v1', 0), 0]]);
      await put(2, [[chunk('a', 'v1', 0), 0]]);
      await store.sweep({ scope, document: 'a', revision: 2 }, { signal });
      expect(await found()).toEqual(['a v1 0']);
    });

    it('gives up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      const calls = [
        store.search({ scope, vector: at(0), limit: 5 }, gone),
        store.getMany({ scope, places: [{ document: 'a', version: 'v1', number: 0 }] }, gone),
        store.put({ scope, revision: 0 }, [{ chunk: chunk('a', 'v1', 0), vector: at(0) }], gone),
        store.written({ scope, document: 'a' }, gone),
        store.vectors({ scope, places: [{ document: 'a', version: 'v1', number: 0 }] }, gone),
        store.sweep({ scope, document: 'a', revision: 1 }, gone),
      ];
      for (const call of await Promise.allSettled(calls))
        expect(call).toEqual({ status: 'rejected', reason });
      expect(await found()).toEqual([]);
    });
  });
}
