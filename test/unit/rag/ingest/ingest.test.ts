import { describe, expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { createLibrary } from './ingesting.ts';

const unavailable = new RagError('model_unavailable', 'The model could not be reached.');

describe('a document', () => {
  it('becomes ready with every passage, its version, title and place', async () => {
    const library = createLibrary();
    library.put('one\n\ntwo');
    expect(await library.ingest()).toBe('ready');
    expect(library.record()).toMatchObject({
      ...{
        state: 'ready',
        title: 'Title of one',
        chunks: 2,
        chunksDone: 2,
        contentType: 'text/plain',
        size: 8,
      },
      ...{ uri: 's3://documents/default/main/guide', revision: 1, attempts: 1 },
    });
    const [first] = library.chunks.entries.values();
    expect(first!.chunk).toEqual({
      ...{ document: 'guide', version: library.record()!.version, number: 0, title: 'Title of one' },
      ...{ text: 'one', headings: ['Part 1'], page: 1 },
    });
    expect(library.served()).toEqual(['one', 'two']);
    expect(library.isFoundByWords()).toBe(true);
  });

  it('is made to be found by words while it is embedded, and served once both is done', async () => {
    const library = createLibrary();
    library.put('one');
    const words = library.calls.hold('keywords.put');
    const vectors = library.calls.hold('embed');
    const run = library.ingest();
    await Promise.all([library.calls.made('keywords.put'), library.calls.made('embed')]);
    vectors.release();
    await library.calls.made('chunks.put');
    expect(library.calls.of('documents.makeCurrent')).toEqual([]);
    words.release();
    expect(await run).toBe('ready');
  });

  it('is not touched by the same event again', async () => {
    const library = createLibrary();
    library.put('one');
    await library.ingest();
    const before = library.contents();
    expect(await library.ingest({ attempt: 2 })).toBe('unchanged');
    expect(library.contents()).toEqual(before);
    expect(library.calls.of('parse')).toHaveLength(1);
  });

  it('put again with the same bytes is ready again without being embedded again', async () => {
    const library = createLibrary();
    library.put('one');
    await library.ingest();
    const key = { scope: 'default/main', id: 'guide', uri: 'u' } as const;
    const { signal } = new AbortController();
    await library.documents.receive(key, new Date(Date.now() + 5_000).toISOString(), { signal });
    expect(library.record()!.state).toBe('received');
    expect(await library.ingest()).toBe('unchanged');
    expect(library.record()!.state).toBe('ready');
    expect(library.calls.of('embed')).toHaveLength(1);
  });

  it('is served in its old version until the new one is whole, then in the new one alone', async () => {
    const library = createLibrary();
    library.put('old');
    await library.ingest();
    library.put('new\n\nnewer');
    const last = library.calls.hold('documents.makeCurrent');
    const run = library.ingest();
    await library.calls.made('documents.makeCurrent', 2);
    expect(library.served()).toEqual(['old']);
    expect(library.texts()).toEqual(['new', 'newer', 'old']);
    last.release();
    expect(await run).toBe('ready');
    expect(library.texts()).toEqual(['new', 'newer']);
  });

  it('with no text left fails and keeps its old version in service', async () => {
    const library = createLibrary();
    library.put('old');
    await library.ingest();
    library.put('\n\n');
    expect(await library.ingest()).toBe('failed');
    expect(library.record()).toMatchObject({ state: 'failed', reason: { code: 'no_text' } });
    expect(library.served()).toEqual(['old']);
  });

  it('put back as it was after a failure is ready again', async () => {
    const library = createLibrary();
    library.put('old');
    await library.ingest();
    library.put('BROKEN');
    await library.ingest();
    library.put('old');
    expect(await library.ingest()).toBe('unchanged');
    expect(library.record()).toMatchObject({ state: 'ready' });
    expect(library.record()!.reason).toBeUndefined();
  });

  it('put back as it was sweeps what a run that died has left', async () => {
    const library = createLibrary();
    library.put('old');
    await library.ingest();
    library.put('new');
    library.calls.before('documents.makeCurrent', () => Promise.reject(unavailable));
    await expect(library.ingest()).rejects.toThrow(unavailable);
    library.calls.before('documents.makeCurrent', undefined);
    expect(library.texts()).toEqual(['new', 'old']);
    library.put('old');
    expect(await library.ingest()).toBe('unchanged');
    expect(library.texts()).toEqual(['old']);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['is damaged', 'BROKEN', 'unreadable_document'],
    ['is too large', 'x'.repeat(1_000_001), 'too_large'],
    ['holds no text', '', 'no_text'],
  ])('because it %s ends as failed with its reason at the first attempt', async (_, text, code) => {
    const library = createLibrary();
    library.put(text);
    expect(await library.ingest()).toBe('failed');
    expect(library.record()).toMatchObject({ state: 'failed', reason: { code } });
    expect(library.record()!.reason!.message).not.toBe('');
    expect(library.texts()).toEqual([]);
  });
});

describe('what may succeed later', () => {
  it.each(['embed', 'chunks.put', 'keywords.put', 'parse', 'bucket.read'])(
    '%s failing is thrown for another delivery, without a verdict, and then heals',
    async (name) => {
      const library = createLibrary();
      library.put('one');
      library.calls.before(name, () => Promise.reject(unavailable));
      await expect(library.ingest()).rejects.toThrow(unavailable);
      expect(library.record()!.state).not.toBe('failed');
      expect(library.record()!.version).toBeUndefined();
      library.calls.before(name, undefined);
      expect(await library.ingest({ attempt: 2 })).toBe('ready');
      expect(library.served()).toEqual(['one']);
      expect(library.record()!.attempts).toBe(2);
    },
  );

  it('is failed with its reason, and thrown, at the last attempt; what was written is gone', async () => {
    const library = createLibrary();
    library.put(Array.from({ length: 40 }, (_, n) => `paragraph ${n}`).join('\n\n'));
    // The second batch fails once the first is written.
    library.calls.before('embed', async () => {
      if (library.calls.of('embed').length === 1) return;
      await library.calls.made('chunks.put');
      throw unavailable;
    });
    await expect(library.ingest({ attempt: 3 })).rejects.toThrow(unavailable);
    const reason = { code: 'model_unavailable', message: unavailable.message };
    expect(library.record()).toMatchObject({ state: 'failed', reason, attempts: 3 });
    expect(library.texts()).toEqual([]);
  });

  it('shows nothing of a defect in its reason', async () => {
    const library = createLibrary();
    library.put('one');
    library.calls.before('parse', () => Promise.reject(new TypeError('text of the document')));
    await expect(library.ingest({ tries: 1 })).rejects.toThrow(TypeError);
    expect(library.record()!.reason).toEqual({
      code: 'internal',
      message: 'Something went wrong on our side.',
    });
  });
});

describe('the signal', () => {
  const held = [
    'documents.get',
    'bucket.head',
    'bucket.read',
    'parse',
    'embed',
    'chunks.put',
    'keywords.put',
    'documents.makeCurrent',
    'chunks.sweep',
    'keywords.sweep',
  ];

  it.each(held)('reaches %s', async (name) => {
    const library = createLibrary();
    library.put('one');
    library.calls.hold(name);
    const end = new AbortController();
    const run = library.ingest({ signal: end.signal });
    const call = await library.calls.made(name);
    end.abort(new Error('out of time'));
    expect(call.signal.aborted).toBe(true);
    await expect(run).rejects.toThrow('out of time');
    expect(library.calls.open()).toEqual([]);
  });

  it('that ends the last attempt still leaves a reason', async () => {
    const library = createLibrary();
    library.put('one');
    library.calls.hold('embed');
    const end = new AbortController();
    const run = library.ingest({ signal: end.signal, tries: 1 });
    await library.calls.made('embed');
    end.abort(new DOMException('Not done within 10 ms.', 'TimeoutError'));
    await expect(run).rejects.toThrow('Not done');
    expect(library.record()).toMatchObject({ state: 'failed', reason: { code: 'deadline' } });
  });
});

it('embeds and writes in bounded batches, several at once, and tells how far it is', async () => {
  const library = createLibrary();
  library.put(Array.from({ length: 300 }, (_, n) => `paragraph ${n}`).join('\n\n'));
  const gate = library.calls.hold('embed');
  const run = library.ingest();
  await library.calls.made('embed', 4);
  const sizes = library.calls.of('embed').map(({ input }) => (input as string[]).length);
  expect(sizes).toEqual([32, 32, 32, 32]);
  let most = 0;
  library.calls.before('chunks.put', () => {
    most = Math.max(most, library.calls.open().filter((name) => name === 'embed').length);
  });
  gate.release();
  await run;
  expect(most).toBeLessThanOrEqual(4);
  expect(library.calls.of('embed')).toHaveLength(10);
  expect(library.served()).toHaveLength(300);
  const progress = library.calls
    .of('documents.reportWork')
    .map(({ input }) => (input as { work: { chunksDone: number } }).work.chunksDone);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBe(300);
});
