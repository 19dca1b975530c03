import { beforeEach, describe, expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { checkedForIngestion, checkedForQuestions } from '../../../../lib/rag/ingest/serving.ts';
import type { ServedEmbedding, Serving } from '../../../../lib/rag/ports/vectors.ts';
import { createCalls, type Calls } from '../../../fakes/calls.ts';
import { createFakeEmbeddings, fakeDimensions } from '../../../fakes/embeddings.ts';

const ours = { model: 'fake-embedding', dimensions: fakeDimensions };
const other = { model: 'other', dimensions: 3 };
const { signal } = new AbortController();
const mismatch = { code: 'index_mismatch', message: expect.stringContaining('npm run reindex') as string };

let calls: Calls;
let record: Serving | undefined;
let served: ServedEmbedding;
beforeEach(() => {
  calls = createCalls();
  record = { serving: ours };
  served = {
    get: ({ signal }) => calls.take('served.get', undefined, signal, () => record),
    claim: (embedding, { signal }) =>
      calls.take('served.claim', embedding, signal, () => (record ??= { serving: embedding })),
    replace: () => Promise.reject(new Error('Nobody switches here.')),
  };
});

const forQuestions = () => checkedForQuestions(createFakeEmbeddings(calls), served);
const forIngestion = () => checkedForIngestion(createFakeEmbeddings(calls), served);

describe('the first embedding of a question', () => {
  it('looks at the record beside the model, and no later one does', async () => {
    const embeddings = forQuestions();
    const held = calls.hold('embed');
    const first = embeddings.embed(['a'], { signal });
    await calls.made('served.get');
    await calls.made('embed');
    held.release();
    expect(await first).toHaveLength(1);
    await embeddings.embed(['b'], { signal });
    expect(calls.of('served.get')).toHaveLength(1);
  });

  it.each([
    ['serves', { serving: ours }],
    ['served before', { serving: other, previous: ours }],
  ])('is fine with the model that %s', async (_, its) => {
    record = its;
    expect(await forQuestions().embed(['a'], { signal })).toHaveLength(1);
  });

  it.each([
    ['another serves', { serving: other }],
    ['its vectors are being dropped', { serving: other, dropping: ours }],
  ])('is refused where %s, and its model call ended', async (_, its) => {
    record = its;
    calls.hold('embed');
    const embeddings = forQuestions();
    await expect(embeddings.embed(['a'], { signal })).rejects.toMatchObject(mismatch);
    expect(calls.open()).toEqual([]);
    // Once the table is switched, the same process serves.
    record = { serving: ours };
    calls.before('embed', undefined);
    expect(await embeddings.embed(['a'], { signal })).toHaveLength(1);
  });

  it('does without a record that cannot be read, and the next one looks again', async () => {
    const embeddings = forQuestions();
    calls.before('served.get', () => Promise.reject(new RagError('storage_unavailable', 'Gone.')));
    expect(await embeddings.embed(['a'], { signal })).toHaveLength(1);
    calls.before('served.get', undefined);
    record = { serving: other };
    await expect(embeddings.embed(['b'], { signal })).rejects.toMatchObject(mismatch);
  });

  it('claims nothing', async () => {
    record = undefined;
    await forQuestions().embed(['a'], { signal });
    expect(record).toBeUndefined();
  });
});

describe('the first embedding of a passage', () => {
  it('claims a table that has no vectors', async () => {
    record = undefined;
    const embeddings = forIngestion();
    await embeddings.embed(['a'], { signal });
    await embeddings.embed(['b'], { signal });
    expect(record).toEqual({ serving: ours });
    expect(calls.of('served.claim')).toHaveLength(1);
  });

  it('is refused where another model serves, or where that cannot be known', async () => {
    record = { serving: other };
    await expect(forIngestion().embed(['a'], { signal })).rejects.toMatchObject(mismatch);
    const gone = new RagError('storage_unavailable', 'Gone.');
    calls.before('served.get', () => Promise.reject(gone));
    await expect(forIngestion().embed(['a'], { signal })).rejects.toBe(gone);
  });
});
