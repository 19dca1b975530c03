import { describe, expect, it } from 'vitest';
import { createLibrary } from './ingesting.ts';

describe('deleting a document', () => {
  it('takes it out of service at once, and its event removes the passages', async () => {
    const library = createLibrary();
    library.put('one');
    await library.ingest();
    expect(await library.retire()).toBe(true);
    expect(library.bucket.entries.size).toBe(0);
    expect(library.record()).toMatchObject({ state: 'deleted', chunks: 0 });
    expect(library.served()).toEqual([]);
    expect(await library.ingest()).toBe('deleted');
    expect(library.texts()).toEqual([]);
    const before = library.contents();
    expect(await library.ingest()).toBe('deleted');
    expect(library.contents()).toEqual(before);
  });

  it('that is not there, or not any more, is false', async () => {
    const library = createLibrary();
    expect(await library.retire()).toBe(false);
    library.put('one');
    await library.ingest();
    await library.retire();
    expect(await library.retire()).toBe(false);
  });

  it('that was put but not read yet is true, and nothing of it is left', async () => {
    const library = createLibrary();
    library.put('one');
    expect(await library.retire()).toBe(true);
    expect(library.bucket.entries.size).toBe(0);
  });

  it('which was put again meanwhile lets the new one live', async () => {
    const library = createLibrary();
    library.put('one');
    await library.ingest();
    library.calls.before('bucket.head', () => library.put('two'));
    expect(await library.retire()).toBe(true);
    expect(library.record()!.state).toBe('ready');
    library.calls.before('bucket.head', undefined);
    await library.ingest();
    expect(library.served()).toEqual(['two']);
  });

  it('which moved on meanwhile is tried again', async () => {
    const library = createLibrary();
    library.put('one');
    await library.ingest();
    let isMoved = false;
    library.calls.before('documents.bury', () => {
      const record = library.record()!;
      if (!isMoved) library.documents.entries.set('default/main guide', { ...record, revision: 9 });
      isMoved = true;
    });
    expect(await library.retire()).toBe(true);
    expect(library.record()).toMatchObject({ state: 'deleted', revision: 10 });
  });

  it('put after it lives again', async () => {
    const library = createLibrary();
    library.put('one');
    await library.ingest();
    await library.retire();
    library.put('two');
    expect(await library.ingest()).toBe('ready');
    expect([library.texts(), library.served()]).toEqual([['two'], ['two']]);
  });
});
