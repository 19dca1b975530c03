import { describe, expect, it } from 'vitest';
import { hashed, planChunks } from '../../../../lib/rag/ingest/reuse.ts';
import type { Chunk } from '../../../../lib/rag/types.ts';
import { createLibrary } from './ingesting.ts';

function chunk(more: Partial<Chunk> = {}): Chunk {
  return { document: 'a', version: 'v2', number: 0, title: 'T', text: 'one', headings: ['H'], ...more };
}

async function hashOf(one: Chunk): Promise<string> {
  return (await hashed([one]))[0]!.hash;
}

describe('the hash of a chunk', () => {
  it('is the same wherever the passage stands', async () => {
    const elsewhere = chunk({ version: 'v9', number: 7, page: 3, line: 12 });
    expect(await hashOf(elsewhere)).toBe(await hashOf(chunk()));
  });

  it.each([
    ['text', chunk({ text: 'two' })],
    ['headings', chunk({ headings: ['I'] })],
    ['title', chunk({ title: 'U' })],
  ])('is another with another %s', async (_, other) => {
    expect(await hashOf(other)).not.toBe(await hashOf(chunk()));
  });
});

describe('a plan', () => {
  const chunks = ['one', 'two', 'three'].map((text, number) => ({
    chunk: chunk({ text, number }),
    hash: text,
  }));

  it('embeds what no version holds, and takes the vector of what one does', async () => {
    const stored = [{ version: 'v1', number: 9, revision: 0, hash: 'two' }];
    const { written, known, fresh } = await planChunks(chunks, stored, 1);
    expect(written).toBe(0);
    expect(known).toEqual([{ ...chunks[1], from: { document: 'a', version: 'v1', number: 9 } }]);
    expect(fresh).toEqual([chunks[0], chunks[2]]);
  });

  it('leaves alone what a run of this revision wrote, but not what one of an earlier revision did', async () => {
    const stored = [
      { version: 'v2', number: 0, revision: 1, hash: 'one' },
      { version: 'v2', number: 1, revision: 0, hash: 'two' },
    ];
    const plan = await planChunks(chunks, stored, 1);
    expect([plan.all, plan.written]).toEqual([3, 1]);
    expect(plan.known.map(({ hash }) => hash)).toEqual(['two']);
    expect(plan.fresh.map(({ hash }) => hash)).toEqual(['three']);
  });

  it('does not take what this revision wrote of another version for this one', async () => {
    const stored = [{ version: 'v1', number: 0, revision: 1, hash: 'one' }];
    const { written, known } = await planChunks(chunks, stored, 1);
    expect([written, known.length]).toEqual([0, 1]);
  });

  it('does not take another passage at the same place for this one', async () => {
    const stored = [{ version: 'v2', number: 0, revision: 1, hash: 'other' }];
    expect((await planChunks(chunks, stored, 1)).fresh).toHaveLength(3);
  });
});

describe('a new version', () => {
  const paragraphs = Array.from({ length: 70 }, (_, n) => `paragraph ${n}`);
  const embedded = (library: ReturnType<typeof createLibrary>) =>
    library.calls.of('embed').flatMap(({ input }) => input as string[]);

  // The fake's title is the first paragraph, and its headings count: an edit at the end leaves all others as they are.
  it('with one paragraph edited embeds one chunk, and every chunk has its own vector', async () => {
    const library = createLibrary();
    library.put(paragraphs.join('\n\n'));
    await library.ingest();
    const vectors = () =>
      Array.from(library.chunks.entries.values(), ({ chunk: { text }, vector }) => ({ text, vector }))
        .filter(({ text }) => text !== 'edited' && text !== paragraphs.at(-1))
        .toSorted((one, other) => (one.text < other.text ? -1 : 1));
    const before = vectors();
    const count = embedded(library).length;
    library.put([...paragraphs.slice(0, -1), 'edited'].join('\n\n'));
    expect(await library.ingest()).toBe('ready');
    expect(embedded(library).slice(count)).toEqual([expect.stringContaining('edited')]);
    expect(library.served()).toHaveLength(70);
    expect(vectors()).toEqual(before);
  });

  it('embeds what another run takes away before its vector is read', async () => {
    const library = createLibrary();
    library.put('one\n\ntwo');
    await library.ingest();
    library.put('one\n\ntwo\n\nthree');
    library.calls.before('chunks.vectors', () => library.chunks.entries.clear());
    expect(await library.ingest()).toBe('ready');
    expect(library.served().toSorted()).toEqual(['one', 'three', 'two']);
    expect(embedded(library)).toHaveLength(5);
  });
});
