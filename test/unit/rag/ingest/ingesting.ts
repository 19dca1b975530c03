import { isDeepStrictEqual } from 'node:util';
import { createIngest, type IngestOptions } from '../../../../lib/rag/ingest/ingest.ts';
import { createRetire } from '../../../../lib/rag/ingest/retire.ts';
import { createFakeBucket } from '../../../fakes/document-bucket.ts';
import { createCalls } from '../../../fakes/calls.ts';
import { createFakeChunks } from '../../../fakes/chunk-store.ts';
import { createFakeEvents } from '../../../fakes/document-events.ts';
import { createFakeDocuments } from '../../../fakes/document-store.ts';
import { createFakeEmbeddings } from '../../../fakes/embeddings.ts';
import { createFakeKeywords } from '../../../fakes/keyword-index.ts';
import { createFakeParser } from '../../../fakes/parser.ts';
import { scope } from '../../../fakes/world.ts';

/** The document that these tests are about. */
export const target = { scope, id: 'guide' };

/** Ingestion and deletion over fakes that share one recorder. */
export function createLibrary({ maxBytes = 1_000_000 } = {}) {
  const calls = createCalls();
  const ports = {
    bucket: createFakeBucket(calls),
    documents: createFakeDocuments(calls),
    chunks: createFakeChunks(calls),
    keywords: createFakeKeywords(calls),
    embeddings: createFakeEmbeddings(calls),
    parser: createFakeParser(calls),
    events: createFakeEvents(calls),
  };
  const retire = createRetire(ports);
  const signal = new AbortController().signal;
  return {
    ...{ calls, ...ports },
    /** Puts the object as a caller would, without its event. */
    put: (text: string) =>
      ports.bucket.entries.set('default/main/guide', {
        body: new TextEncoder().encode(text),
        contentType: 'text/plain',
      }),
    drop: () => ports.bucket.entries.delete('default/main/guide'),
    /** Delivers an event, to a process of its own. */
    ingest: (more: Partial<IngestOptions> = {}) =>
      createIngest({ ...ports, maxBytes })(target, {
        signal,
        closing: signal,
        attempt: 1,
        tries: 3,
        ...more,
      }),
    retire: () => retire(target, { signal }),
    record: () => ports.documents.entries.get(`${scope} guide`),
    /** What a search could find, versions left out: they are names only. */
    texts: () =>
      Array.from(ports.chunks.entries.values(), ({ chunk }) => chunk.text).toSorted((a, b) =>
        a < b ? -1 : 1,
      ),
    /** Whether words find exactly the passages that meaning finds. */
    isFoundByWords: () => {
      const places = (all: Iterable<{ version: string; number: number }>) =>
        Array.from(all, ({ version, number }) => `${version} ${number}`).toSorted();
      const chunks = Array.from(ports.chunks.entries.values(), ({ chunk }) => chunk);
      return isDeepStrictEqual(places(chunks), places(ports.keywords.entries.values()));
    },
    /** Texts of the version that is served. */
    served: () => {
      const version = ports.documents.entries.get(`${scope} guide`)?.version;
      return Array.from(ports.chunks.entries.values())
        .filter(({ chunk }) => version !== undefined && chunk.version === version)
        .map(({ chunk }) => chunk.text);
    },
    /** Everything that is stored, to compare. */
    contents: () => structuredClone([ports.documents.entries, ports.chunks.entries, ports.keywords.entries]),
  };
}

export type Library = ReturnType<typeof createLibrary>;
