import { describe, expect, it } from 'vitest';
import { createLibrary } from './ingesting.ts';

const at = 'default/main/guide';
const bytes = (text: string) => new TextEncoder().encode(text);

/** A library with a document of two passages; `own` and `beside` are what stands with it. */
function withGuide() {
  const library = createLibrary();
  const put = (metadata: { own?: Record<string, string>; beside?: unknown } = {}, text = 'one\n\ntwo') => {
    const { own, beside } = metadata;
    library.bucket.entries.set(at, { body: bytes(text), contentType: 'text/plain', ...(own && { own }) });
    const file = { body: bytes(JSON.stringify(beside)), contentType: 'application/json' };
    if (beside === undefined) library.bucket.entries.delete(`${at}.metadata.json`);
    else library.bucket.entries.set(`${at}.metadata.json`, file);
  };
  const chunks = () => Array.from(library.chunks.entries.values(), ({ chunk }) => chunk);
  return { ...library, put, chunks };
}

describe('a document with metadata', () => {
  it('has it in its record and, as far as it is searched by, in every passage', async () => {
    const library = withGuide();
    library.put({
      own: { title: 'The guide', tags: 'a,b' },
      beside: { team: 'legal', uri: 'https://example.org/guide' },
    });
    expect(await library.ingest()).toBe('ready');
    expect(library.record()).toMatchObject({
      title: 'The guide',
      metadata: {
        title: 'The guide',
        uri: 'https://example.org/guide',
        tags: ['a', 'b'],
        fields: { team: 'legal' },
      },
    });
    const [one, two] = library.chunks();
    expect(one).toMatchObject({ title: 'The guide' });
    for (const chunk of [one!, two!])
      expect(chunk.metadata).toEqual({ tags: ['a', 'b'], fields: { team: 'legal' } });
  });

  it('has the title of its text where it has none of its own, and nothing more in its passages than is needed', async () => {
    const library = withGuide();
    library.put({ beside: { uri: 'https://example.org/guide' } });
    await library.ingest();
    expect(library.record()).toMatchObject({ title: 'Title of one', metadata: { fields: {} } });
    for (const chunk of library.chunks()) expect(chunk).not.toHaveProperty('metadata');
  });

  it('is another version when that alone changes, of which nothing is embedded again', async () => {
    const library = withGuide();
    library.put({ beside: { team: 'legal' } });
    await library.ingest();
    const { version } = library.record()!;
    const embedded = library.calls.of('embed').length;
    library.put({ beside: { team: 'sales' } });
    expect(await library.ingest()).toBe('ready');
    expect(library.record()!.version).not.toBe(version);
    expect(library.chunks().map(({ metadata }) => metadata?.fields)).toEqual([
      { team: 'sales' },
      { team: 'sales' },
    ]);
    expect(library.calls.of('embed')).toHaveLength(embedded);
    expect(await library.ingest()).toBe('unchanged');
  });

  it('loses it when it is taken away', async () => {
    const library = withGuide();
    library.put({ beside: { team: 'legal' } });
    await library.ingest();
    library.put();
    expect(await library.ingest()).toBe('ready');
    expect(library.record()).not.toHaveProperty('metadata');
    for (const chunk of library.chunks()) expect(chunk).not.toHaveProperty('metadata');
  });

  it('keeps it when the same is put again before it is looked at', async () => {
    const library = withGuide();
    library.put({ beside: { team: 'legal' } });
    await library.ingest();
    const { uri, id, scope } = library.record()!;
    const { signal } = new AbortController();
    await library.documents.receive({ uri, id, scope }, new Date(Date.now() + 1_000).toISOString(), {
      signal,
    });
    expect(await library.ingest()).toBe('unchanged');
    expect(library.record()).toMatchObject({ state: 'ready', metadata: { fields: { team: 'legal' } } });
  });

  it('that is wrong fails with what is wrong, before its text is read, and is ready once that is right', async () => {
    const library = withGuide();
    library.put({ beside: { Team: 'legal' } });
    expect(await library.ingest()).toBe('failed');
    expect(library.record()).toMatchObject({
      state: 'failed',
      reason: { code: 'invalid_metadata', message: expect.stringContaining('"Team"') as string },
    });
    expect(library.calls.of('bucket.read')).toEqual([]);
    library.put({ beside: { team: 'legal' } });
    expect(await library.ingest()).toBe('ready');
  });
});
