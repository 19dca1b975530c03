import { DescribeTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createChunkStore } from '../../lib/dynamodb/chunks.ts';
import { createVectorIndex } from '../../lib/dynamodb/index-move.ts';
import { createServedEmbedding } from '../../lib/dynamodb/served-embedding.ts';
import { chunkIndexName, knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { RagError } from '../../lib/rag/errors.ts';
import { createReindex, dropPrevious } from '../../lib/rag/ingest/reindex.ts';
import { assertServed, checkedForQuestions } from '../../lib/rag/ingest/serving.ts';
import type { Embeddings } from '../../lib/rag/ports/models.ts';
import type { Embedding } from '../../lib/rag/ports/vectors.ts';
import type { Chunk, Scope } from '../../lib/rag/types.ts';
import { useDynamoDb } from './emulators.ts';

const dynamoDb = useDynamoDb();
const { signal } = new AbortController();
const options = { signal, onProgress: () => {} };
const scope: Scope = 'acme/main';
const old: Embedding = { model: 'old', dimensions: 4 };
const young: Embedding = { model: 'young', dimensions: 8 };

/** Models that turn a text into a unit vector along one axis: `old` by its first letter, `young` by its last. */
function modelOf({ model, dimensions }: Embedding): Embeddings & { seen: string[] } {
  const seen: string[] = [];
  const toVector = (text: string) => {
    const letter = text.codePointAt(model === 'old' ? 0 : text.length - 1) ?? 0;
    return Float32Array.from({ length: dimensions }, (_, axis) => (axis === letter % dimensions ? 1 : 0));
  };
  const embed: Embeddings['embed'] = async (texts) => {
    seen.push(...texts);
    return texts.map(toVector);
  };
  return { model, dimensions, embed, seen };
}

let table: string;
beforeEach(async () => {
  table = await dynamoDb.table(knowledgeTable(old));
});

const chunk = (number: number, document = 'a'): Chunk => ({
  ...{ document, version: 'v', number, title: '', headings: [] },
  text: `${'abcd'[number % 4]} passage ${'pqrstuvw'[number % 8]}`,
});
const storeOf = (embedding: Embedding) =>
  createChunkStore(dynamoDb.client(), { table, index: chunkIndexName(embedding) });
const indexOf = (embedding: Embedding) => createVectorIndex(dynamoDb.client(), { table, embedding });
const served = () => createServedEmbedding(dynamoDb.client(), table);
const move = (to: Embedding, embeddings = modelOf(to)) =>
  createReindex({ served: served(), embeddings, index: indexOf(to) })(options);

async function ingest(embedding: Embedding, chunks: readonly Chunk[]): Promise<void> {
  const vectors = await modelOf(embedding).embed(
    chunks.map(({ text }) => text),
    { signal },
  );
  const embedded = chunks.map((chunk, at) => ({ chunk, hash: chunk.text, vector: vectors[at]! }));
  await storeOf(embedding).put({ scope, revision: 0 }, embedded, { signal });
  await served().claim(embedding, { signal });
}

async function ask(embedding: Embedding, text: string): Promise<string | undefined> {
  const [vector] = await checkedForQuestions(modelOf(embedding), served()).embed([text], { signal });
  const [hit] = await storeOf(embedding).search({ scope, vector: vector!, limit: 1 }, { signal });
  return hit?.text;
}

async function indexes(): Promise<(string | undefined)[]> {
  const { Table } = await dynamoDb.client().send(new DescribeTableCommand({ TableName: table }));
  return (Table?.VectorIndexes ?? []).map(({ IndexName }) => IndexName);
}

const passages = (count: number, document?: string) =>
  Array.from({ length: count }, (_, number) => chunk(number, document));

describe('a move to another embedding model', () => {
  it('answers by the old model during it and by the new one after, and by the old one until it is dropped', async () => {
    await ingest(old, passages(8));
    const during: (string | undefined)[] = [];
    const embeddings = modelOf(young);
    const watching: Embeddings = {
      ...embeddings,
      embed: async (texts, options) => {
        during.push(await ask(old, 'b'));
        await expect(ask(young, 'x q')).rejects.toMatchObject({ code: 'index_mismatch' });
        return embeddings.embed(texts, options);
      },
    };
    const done = await createReindex({ served: served(), embeddings: watching, index: indexOf(young) })(
      options,
    );
    expect(done).toEqual({ from: old, embedded: 8 });
    expect(during).toEqual([expect.stringMatching(/^b/)]);
    expect(await ask(young, 'x q')).toMatch(/q$/);
    expect(await ask(old, 'b')).toMatch(/^b/);
    expect(await dropPrevious({ served: served(), indexOf }, { signal })).toEqual(old);
    await expect(ask(old, 'b')).rejects.toMatchObject({
      code: 'index_mismatch',
      message: expect.stringMatching(
        /young \(8 dimensions\)[^]*EMBEDDING_MODEL=old[^]*npm run reindex/,
      ) as string,
    });
    expect(await indexes()).toEqual([chunkIndexName(young)]);
    const { Items = [] } = await dynamoDb.client().send(new ScanCommand({ TableName: table }));
    expect(Items.some((item) => chunkIndexName(old) in item)).toBe(false);
    expect(await ask(young, 'x q')).toMatch(/q$/);
    expect(await dropPrevious({ served: served(), indexOf }, { signal })).toBeUndefined();
  });

  it('embeds what was taken in by the old model after the switch when it is run again, and only that', async () => {
    await ingest(old, passages(3));
    await move(young);
    await ingest(old, passages(2, 'late'));
    const again = modelOf(young);
    expect(await move(young, again)).toEqual({ embedded: 2 });
    expect(again.seen).toHaveLength(2);
    expect(await ask(young, 'x q')).toMatch(/q$/);
  });

  it('embeds what comes in while it walks before it switches', async () => {
    await ingest(old, passages(3));
    const embeddings = modelOf(young);
    let hasCome = false;
    const embed: Embeddings['embed'] = async (texts, options) => {
      if (!hasCome) await ingest(old, passages(40, 'late'));
      hasCome = true;
      return embeddings.embed(texts, options);
    };
    await createReindex({ served: served(), embeddings: { ...embeddings, embed }, index: indexOf(young) })(
      options,
    );
    expect(await indexOf(young).countMissing({ signal })).toBe(0);
    expect(new Set(embeddings.seen).size).toBe(8);
    expect(embeddings.seen).toHaveLength(43);
  });

  it('does not bring back a chunk that was swept meanwhile', async () => {
    await ingest(old, passages(3));
    const embeddings = modelOf(young);
    const embed: Embeddings['embed'] = async (texts, options) => {
      await storeOf(old).sweep({ scope, document: 'a', revision: 1 }, { signal });
      return embeddings.embed(texts, options);
    };
    await createReindex({ served: served(), embeddings: { ...embeddings, embed }, index: indexOf(young) })(
      options,
    );
    const { Items = [] } = await dynamoDb.client().send(new ScanCommand({ TableName: table }));
    expect(Items.map(({ pk }) => pk?.S)).toEqual(['embedding']);
  });

  it('goes back to the model before, but not on to a third', async () => {
    await ingest(old, passages(3));
    await move(young);
    await expect(move({ model: 'third', dimensions: 2 })).rejects.toThrow(
      /old \(4 dimensions\)[^]*--drop-old/,
    );
    expect(await indexes()).toHaveLength(2);
    expect(await move(old)).toEqual({ from: young, embedded: 0 });
    expect(await served().get({ signal })).toEqual({ serving: old, previous: young });
  });

  it('names the documents whose passages the new model refuses, and switches nothing', async () => {
    await ingest(old, passages(2));
    const embed = () => Promise.reject(new RagError('model_rejected', 'Too long.'));
    await expect(move(young, { ...modelOf(young), embed })).rejects.toThrow(
      'Too long. It was about passages of acme/main/a.',
    );
    expect(await served().get({ signal })).toEqual({ serving: old });
  });
});

it('vectors of another model are not reused', async () => {
  await ingest(old, passages(3));
  const target = { scope, document: 'a' };
  const places = [{ document: 'a', version: 'v', number: 1 }];
  expect(await storeOf(old).written(target, { signal })).toHaveLength(3);
  expect(await storeOf(young).written(target, { signal })).toEqual([]);
  expect(await storeOf(young).vectors({ scope, places }, { signal })).toEqual([undefined]);
});

describe('the record of whose vectors there are', () => {
  it('is claimed by the first', async () => {
    const [first, second] = await Promise.all([
      served().claim(old, { signal }),
      served().claim(young, { signal }),
    ]);
    expect(first).toEqual(second);
    expect(await served().get({ signal })).toEqual(first);
  });

  it('is not replaced by one who knew another', async () => {
    await served().claim(old, { signal });
    const after = { serving: young, previous: old };
    expect(await served().replace(undefined, after, { signal })).toBe(false);
    expect(await served().replace({ serving: young }, after, { signal })).toBe(false);
    expect(await served().replace({ serving: old }, after, { signal })).toBe(true);
    expect(await served().replace({ serving: old }, after, { signal })).toBe(false);
  });

  it('lets a start pass by the model that serves only', async () => {
    await assertServed(served(), old, { signal });
    await assertServed(served(), old, { signal });
    await expect(assertServed(served(), young, { signal })).rejects.toThrow('npm run reindex');
    await served().replace({ serving: old }, { serving: young, previous: old }, { signal });
    await expect(assertServed(served(), old, { signal })).rejects.toThrow('npm run reindex');
  });
});
