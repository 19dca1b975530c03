import { expect, it } from 'vitest';
import { createReadPassage } from '../../../../lib/rag/retrieve/read-passage.ts';
import { createWorld, scope } from '../../../fakes/world.ts';

const options = { signal: new AbortController().signal };

function createDesk() {
  const world = createWorld();
  const readPassage = createReadPassage(world);
  const read = (document: string, number: number) => readPassage({ scope, document, number }, options);
  return { ...world, read };
}

it('is of the version that is served, with how many that one has', async () => {
  const { serve, documents, read } = createDesk();
  serve('guide', 'v1', ['one', 'two', 'three']);
  serve('guide', 'v2', ['uno', 'due']);
  // A version is at work, of which nothing is served.
  Object.assign(documents.entries.get(`${scope} guide`)!, { state: 'embedding', chunks: 40, chunksDone: 7 });
  expect(await read('guide', 1)).toEqual({
    ...{ document: 'guide', title: 'guide', uri: 's3://documents/guide' },
    ...{ number: 1, count: 2, headings: [], text: 'due' },
  });
  expect(await read('guide', 2)).toBeUndefined();
});

it('has the address that the owner gave the document', async () => {
  const { serve, read } = createDesk();
  serve('guide', 'v1', ['one'], scope, { uri: 'https://wiki.example/guide', fields: { team: 'x' } });
  const passage = await read('guide', 0);
  expect(passage).toMatchObject({ uri: 'https://wiki.example/guide' });
  expect(passage).not.toHaveProperty('metadata');
});

it.each([
  ['was never put', 'none'],
  ['is not served yet', 'new'],
  ['was deleted', 'gone'],
  ['is of another collection', 'theirs'],
])('there is none of a document that %s', async (_, id) => {
  const { serve, documents, chunks, read, calls } = createDesk();
  serve('theirs', 'v1', ['x'], 'default/other');
  serve('gone', 'v1', ['x']);
  const record = documents.entries.get(`${scope} gone`)!;
  await documents.bury({ scope, id: 'gone', uri: record.uri }, record.revision, options);
  await documents.receive({ scope, id: 'new', uri: 's3://documents/new' }, '2026-01-01T00:00:00Z', options);
  expect(chunks.entries.size).toBe(2);
  expect(await read(id, 0)).toBeUndefined();
  // Nothing was looked for under any version.
  expect(calls.of('chunks.getMany')).toEqual([]);
});

it('is found though another version takes over between the two reads', async () => {
  const { serve, chunks, calls, read } = createDesk();
  serve('guide', 'v1', ['old']);
  calls.before('chunks.getMany', async () => {
    calls.before('chunks.getMany', undefined);
    serve('guide', 'v2', ['new']);
    await chunks.sweep({ scope, document: 'guide', keep: 'v2', revision: 2 }, options);
  });
  expect(await read('guide', 0)).toMatchObject({ text: 'new', count: 1 });
});
