import { describe, expect, it } from 'vitest';
import { createLibrary, type Library } from './ingesting.ts';

describe('a document that changes while it is read', () => {
  const moments = ['bucket.read', 'parse', 'embed', 'chunks.put', 'bucket.head', 'documents.makeCurrent'];

  it.each(moments)('before %s ends as what it is now', async (name) => {
    const library = createLibrary();
    library.put('old');
    let isChanged = false;
    library.calls.before(name, async () => {
      if (isChanged || (name === 'bucket.head' && library.calls.of('chunks.put').length === 0)) return;
      isChanged = true;
      library.put('new');
    });
    await library.ingest();
    // What changes after the last look at the object is left to the event of that change.
    if (name === 'documents.makeCurrent') await library.ingest();
    expect(isChanged).toBe(true);
    expect([library.texts(), library.served()]).toEqual([['new'], ['new']]);
    expect(library.record()).toMatchObject({ state: 'ready', title: 'Title of new' });
  });

  it.each(moments)('and is deleted before %s leaves a tombstone and no passage', async (name) => {
    const library = createLibrary();
    library.put('old');
    let isGone = false;
    library.calls.before(name, async () => {
      if (isGone || (name === 'bucket.head' && library.calls.of('chunks.put').length === 0)) return;
      isGone = true;
      await library.retire();
    });
    await library.ingest();
    expect(isGone).toBe(true);
    expect(library.record()).toMatchObject({ state: 'deleted' });
    expect([library.record()!.version, library.texts()]).toEqual([undefined, []]);
  });

  it('without end is given back to be delivered again', async () => {
    const library = createLibrary();
    let version = 0;
    library.calls.before('parse', () => library.put(`version ${(version += 1)}`));
    library.put('version 0');
    await expect(library.ingest()).rejects.toMatchObject({ code: 'conflict', retryable: true });
    expect(version).toBe(5);
  });
});

describe('two runs at once', () => {
  const finishInTurn = async (library: Library, moment: string, between: () => void) => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let arrived = 0;
    library.calls.before(moment, () => gates[arrived++]?.promise);
    const first = library.ingest();
    await library.calls.made(moment);
    between();
    const second = library.ingest();
    await library.calls.made(moment, 2);
    gates[1]!.resolve();
    await second;
    gates[0]!.resolve();
    await first;
  };

  it.each(['bucket.read', 'embed', 'chunks.put', 'documents.makeCurrent'])(
    'of one version, the later one first past %s, end with it whole',
    async (moment) => {
      const library = createLibrary();
      library.put('one\n\ntwo');
      await finishInTurn(library, moment, () => {});
      expect([library.texts(), library.served()]).toEqual([
        ['one', 'two'],
        ['one', 'two'],
      ]);
      expect(library.record()!.state).toBe('ready');
    },
  );

  it.each(['bucket.read', 'embed', 'chunks.put', 'documents.makeCurrent'])(
    'of two versions, the newer one first past %s, end with the newer one',
    async (moment) => {
      const library = createLibrary();
      library.put('old');
      await finishInTurn(library, moment, () => library.put('new'));
      expect([library.texts(), library.served()]).toEqual([['new'], ['new']]);
      expect(library.record()).toMatchObject({ state: 'ready', title: 'Title of new' });
    },
  );
});
