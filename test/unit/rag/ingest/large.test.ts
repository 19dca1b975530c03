import { describe, expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { createLibrary, type Library } from './ingesting.ts';

const never = new AbortController().signal;
const over = AbortSignal.abort();
const refused = new RagError('model_rejected', 'The model refused the request.');

function paragraphs(count: number): string {
  return Array.from({ length: count }, (_, n) => `paragraph ${n}`).join('\n\n');
}

function embedded(library: Library): string[] {
  return library.calls.of('embed').flatMap(({ input }) => input as string[]);
}

/** Delivers what deliveries send on until nothing is; how each of them ended. */
async function deliverAll(library: Library, closing = never): Promise<string[]> {
  const outcomes: string[] = [];
  for (let open = 1; open > 0; open = library.events.sent.splice(0).length) {
    outcomes.push(await library.ingest({ closing }));
  }
  return outcomes;
}

describe('a document with more than one delivery embeds', () => {
  it('is embedded by several, each passage once, and is not served before the last', async () => {
    const library = createLibrary();
    library.put(paragraphs(4_100));
    expect(await library.ingest()).toBe('continued');
    expect(library.record()).toMatchObject({ state: 'embedding', chunks: 4_100, chunksDone: 2_000 });
    expect(library.events.sent.splice(0)).toEqual(['default/main/guide']);
    expect([library.served(), library.calls.of('keywords.put')]).toEqual([[], []]);
    expect(await deliverAll(library)).toEqual(['continued', 'ready']);
    expect(library.record()).toMatchObject({ state: 'ready', chunks: 4_100, chunksDone: 4_100 });
    expect(new Set(embedded(library)).size).toBe(4_100);
    expect(embedded(library)).toHaveLength(4_100);
    expect([library.served().length, library.isFoundByWords()]).toEqual([4_100, true]);
  });

  it('that has become another meanwhile ends as that', async () => {
    const library = createLibrary();
    library.put(paragraphs(2_100));
    await library.ingest();
    library.put('new');
    // The event of the change, and what was sent on before it.
    expect(await deliverAll(library)).toEqual(['ready', 'unchanged']);
    expect([library.texts(), library.served()]).toEqual([['new'], ['new']]);
  });

  it('is delivered again where it cannot be sent on', async () => {
    const library = createLibrary();
    library.put(paragraphs(2_100));
    const unavailable = new RagError('storage_unavailable', 'The queue did not answer.');
    library.calls.before('events.replay', () => Promise.reject(unavailable));
    await expect(library.ingest()).rejects.toThrow(unavailable);
    library.calls.before('events.replay', undefined);
    expect(await library.ingest({ attempt: 2 })).toBe('ready');
    expect(embedded(library)).toHaveLength(2_100);
  });
});

describe('when the time is short', () => {
  it('a delivery ends what is under way and hands on the rest', async () => {
    const library = createLibrary();
    library.put(paragraphs(300));
    const outcomes = await deliverAll(library, over);
    expect(outcomes.length).toBeGreaterThan(2);
    expect(new Set(outcomes.slice(0, -1))).toEqual(new Set(['continued']));
    expect(outcomes.at(-1)).toBe('ready');
    expect(embedded(library)).toHaveLength(300);
    expect(library.served()).toHaveLength(300);
  });

  it('what takes up no more than one round is done all the same', async () => {
    const library = createLibrary();
    library.put('one');
    expect(await library.ingest({ closing: over })).toBe('ready');
  });

  it('a delivery that has done nothing hands on nothing, so that none goes round for ever', async () => {
    const library = createLibrary();
    library.put(paragraphs(300));
    library.calls.before('embed', () => Promise.reject(refused));
    await expect(library.ingest({ closing: over })).rejects.toMatchObject({ code: 'model_rejected' });
    expect(library.events.sent).toEqual([]);
  });
});

describe('a run that dies', () => {
  it('is taken up where it ended: what it wrote is neither embedded nor written again', async () => {
    const library = createLibrary();
    library.put(paragraphs(300));
    const end = new AbortController();
    library.calls.before('chunks.put', () => {
      if (library.calls.of('chunks.put').length === 6) end.abort();
    });
    await expect(library.ingest({ signal: end.signal })).rejects.toThrow(/./);
    library.calls.before('chunks.put', undefined);
    const { length: before } = library.calls.of('chunks.put');
    const written = new Set(library.texts());
    expect(written.size).toBeGreaterThan(0);
    expect(await library.ingest({ attempt: 2 })).toBe('ready');
    const puts = library.calls.of('chunks.put').slice(before);
    const again = puts.flatMap(({ input }) =>
      (input as { chunks: { chunk: { text: string } }[] }).chunks.map(({ chunk }) => chunk.text),
    );
    expect(again.filter((text) => written.has(text))).toEqual([]);
    expect(again).toHaveLength(300 - written.size);
    expect(library.served()).toHaveLength(300);
  });
});

describe('a batch that the model refuses', () => {
  const refuse = (library: Library, ...words: string[]) =>
    library.calls.before('embed', ({ input }) => {
      const texts = input as string[];
      if (texts.some((text) => words.some((word) => text.endsWith(word)))) throw refused;
    });

  it('does not hold up the others, and is all that the next delivery does', async () => {
    const library = createLibrary();
    library.put(paragraphs(300));
    refuse(library, 'paragraph 40');
    await expect(library.ingest()).rejects.toMatchObject({
      code: 'model_rejected',
      message: 'The model refused the request. It was about passages 33 to 64 of 300, from page 33 on.',
    });
    expect(library.texts()).toHaveLength(268);
    const { length: before } = embedded(library);
    library.calls.before('embed', undefined);
    expect(await library.ingest({ attempt: 2 })).toBe('ready');
    expect(embedded(library).slice(before)).toHaveLength(32);
    expect(library.served()).toHaveLength(300);
  });

  it('is what the document names in the end, the first where there are several', async () => {
    const library = createLibrary();
    library.put(paragraphs(300));
    refuse(library, 'paragraph 200', 'paragraph 299');
    const last = { attempt: 3 };
    await expect(library.ingest(last)).rejects.toMatchObject({ code: 'model_rejected' });
    const { state, reason } = library.record()!;
    expect([state, reason?.code]).toEqual(['failed', 'model_rejected']);
    expect(reason?.message).toContain('passages 193 to 224 of 300');
    expect(reason?.message).toContain('1 other part was refused too.');
  });

  it('as all others are ends the delivery soon', async () => {
    const library = createLibrary();
    library.put(paragraphs(1_000));
    library.calls.before('embed', () => Promise.reject(refused));
    await expect(library.ingest()).rejects.toMatchObject({ code: 'model_rejected' });
    expect(library.calls.of('embed').length).toBeLessThanOrEqual(8);
  });
});

describe('a delivery after the last try', () => {
  const over = { attempt: 4 };

  it.each(['received', 'parsing', 'embedding'] as const)(
    'ends a document that was left %s',
    async (state) => {
      const library = createLibrary();
      library.put('one');
      await library.ingest();
      library.documents.entries.set('default/main guide', { ...library.record()!, state });
      const { length: parsed } = library.calls.of('parse');
      await expect(library.ingest(over)).rejects.toMatchObject({ code: 'interrupted' });
      expect(library.record()).toMatchObject({ state: 'failed', reason: { code: 'interrupted' } });
      expect(library.calls.of('parse')).toHaveLength(parsed);
      expect(library.served()).toEqual(['one']);
    },
  );

  it.each([
    ['ready', 'one', 'interrupted'],
    ['failed', 'BROKEN', 'unreadable_document'],
    ['deleted', undefined, 'interrupted'],
  ])('leaves one that is %s as it is', async (state, text, code) => {
    const library = createLibrary();
    library.put('zero');
    await library.ingest();
    if (text === undefined) library.drop();
    else library.put(text);
    await library.ingest();
    const before = library.contents();
    await expect(library.ingest(over)).rejects.toMatchObject({ code });
    expect(library.record()).toMatchObject({ state });
    expect(library.contents()).toEqual(before);
  });

  it('makes no record where there is none', async () => {
    const library = createLibrary();
    await expect(library.ingest(over)).rejects.toMatchObject({ code: 'interrupted' });
    expect(library.record()).toBeUndefined();
  });
});

describe('a document that keeps changing', () => {
  const changing = () => {
    const library = createLibrary();
    let version = 0;
    library.calls.before('parse', () => library.put(`version ${(version += 1)}`));
    library.put('version 0');
    return library;
  };

  it('says so once the last attempt has failed', async () => {
    const library = changing();
    await expect(library.ingest({ attempt: 3 })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(library.record()).toMatchObject({ state: 'failed', reason: { code: 'conflict' } });
  });

  it('says nothing of it before, nor where another run has made it ready', async () => {
    const library = changing();
    await expect(library.ingest()).rejects.toMatchObject({ code: 'conflict' });
    expect(library.record()!.state).not.toBe('failed');
    const { signal } = new AbortController();
    const key = { scope: 'default/main', id: 'guide', uri: 'u' } as const;
    const ready = { version: 'v', title: 'T', contentType: 'text/plain', size: 1, etag: 'e', chunks: 0 };
    library.calls.before('parse', async () => {
      await library.documents.makeCurrent(key, library.record()!.revision, ready, { signal });
    });
    await expect(library.ingest({ tries: 1 })).rejects.toMatchObject({ code: 'conflict' });
    expect(library.record()!.state).toBe('ready');
  });
});
