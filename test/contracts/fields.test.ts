import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createChunkStore } from '../../lib/dynamodb/chunks.ts';
import { createFields } from '../../lib/dynamodb/fields.ts';
import { knowledgeTable } from '../../lib/dynamodb/tables.ts';
import type { RagError } from '../../lib/rag/errors.ts';
import type { Scope } from '../../lib/rag/types.ts';
import { embedding, index, useDynamoDb } from './emulators.ts';

const dynamoDb = useDynamoDb();
const { signal } = new AbortController();
const scope: Scope = 'acme/main';
const createTable = () => dynamoDb.table(knowledgeTable(embedding));
const slotsOf = (slots: ReadonlyMap<string, string | undefined>) => Object.fromEntries(slots);

describe('slots of the index', () => {
  it('go to whoever comes first, and stay', async () => {
    const table = await createTable();
    const fields = createFields(dynamoDb.client(), table);
    expect(slotsOf(await fields.claim(scope, ['team', 'year'], signal))).toEqual({ team: 'f1', year: 'f2' });
    expect(slotsOf(await fields.claim(scope, ['open', 'team'], signal))).toEqual({
      ...{ team: 'f1', year: 'f2', open: 'f3' },
    });
    const elsewhere = createFields(dynamoDb.client(), table);
    expect(slotsOf(await elsewhere.known(scope, [], signal))).toEqual({});
    expect((await elsewhere.known(scope, ['open'], signal)).get('open')).toBe('f3');
    expect(slotsOf(await elsewhere.claim('acme/other', ['open'], signal))).toEqual({ open: 'f1' });
  });

  it('are never given twice, by however many at once', async () => {
    const table = await createTable();
    const names = Array.from({ length: 12 }, (_, n) => `n${n}`);
    const claims = names.map((name, at) =>
      createFields(dynamoDb.client(), table).claim(scope, [name, names[(at + 5) % 12]!], signal),
    );
    // Those that were outrun more often than they may try say so, and are delivered again.
    const settled = await Promise.allSettled(claims);
    const refused = settled.flatMap((claim) =>
      claim.status === 'rejected' ? [claim.reason as RagError] : [],
    );
    expect(refused.filter(({ code }) => code !== 'conflict')).toEqual([]);
    const last = await createFields(dynamoDb.client(), table).claim(scope, names, signal);
    const slots = Array.from(last.values()).filter((slot) => slot !== undefined);
    expect(slots.toSorted()).toEqual(['f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8']);
    const given = settled.flatMap((claim) => (claim.status === 'fulfilled' ? Array.from(claim.value) : []));
    expect(given.filter(([name, slot]) => last.get(name) !== slot)).toEqual([]);
  });

  it('run out, and so do the fields of a collection', async () => {
    const fields = createFields(dynamoDb.client(), await createTable());
    const names = Array.from({ length: 200 }, (_, n) => `n${n}`);
    const slots = await fields.claim(scope, names, signal);
    expect([slots.get('n7'), slots.get('n8'), slots.size]).toEqual(['f8', undefined, 200]);
    await expect(fields.claim(scope, ['more'], signal)).rejects.toMatchObject({ code: 'invalid_metadata' });
    expect((await fields.claim(scope, ['n150'], signal)).size).toBe(200);
  });

  it('are what the chunk’s item has the values in, with their kinds', async () => {
    const table = await createTable();
    const store = createChunkStore(dynamoDb.client(), { table, index });
    const metadata = { tags: ['x'], fields: { year: 2024, team: 'legal', open: true } };
    const chunk = { document: 'a', version: 'v', number: 0, title: '', text: 'x', headings: [], metadata };
    const vector = Float32Array.from([1, 0, 0, 0]);
    await store.put({ scope, revision: 0 }, [{ chunk, vector }], { signal });
    const Key = { pk: { S: 'acme/main#chunk#a' }, sk: { S: 'v#000000' } };
    const { Item } = await dynamoDb.client().send(new GetItemCommand({ TableName: table, Key }));
    expect(Item).toMatchObject({
      ...{ f1: { S: 'number:2024' }, f2: { S: 'string:legal' }, f3: { S: 'boolean:true' } },
      metadata: { S: JSON.stringify(metadata) },
    });
    expect(Item).not.toHaveProperty('f4');
  });

  it('are not asked for by chunks without fields', async () => {
    const table = await createTable();
    const store = createChunkStore(dynamoDb.client(), { table, index });
    const chunk = { document: 'a', version: 'v', number: 0, title: '', text: 'x', headings: [] };
    const vector = Float32Array.from([1, 0, 0, 0]);
    await store.put({ scope, revision: 0 }, [{ chunk, vector }], { signal });
    const { Items } = await dynamoDb.client().send(new ScanCommand({ TableName: table }));
    expect(Items).toHaveLength(1);
  });
});
