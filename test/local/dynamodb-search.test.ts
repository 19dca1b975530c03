import { PutItemCommand, type DynamoDBClient, type VectorIndex } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  found,
  foundKeys,
  item,
  numbers,
  search,
  startWithTable,
  tenantSchema,
  vectorIndex,
} from './dynamodb-fixture.ts';

type Items = ReturnType<typeof item>[];

async function put(client: DynamoDBClient, items: Items) {
  for (const Item of items) await client.send(new PutItemCommand({ TableName: 'things', Item }));
}

async function withItems(items: Items, ...indexes: VectorIndex[]) {
  const { client } = await startWithTable(...indexes);
  await put(client, items);
  return client;
}

const compass = [
  item('opposite', [-1, 0, 0]),
  item('same', [1, 0, 0]),
  item('across', [0, 1, 0]),
  item('near', [0.6, 0.8, 0]),
];

describe('the scores', () => {
  it('of COSINE run from 0, identical, to 2, opposite', async () => {
    const client = await withItems(compass, vectorIndex());
    const results = await found(client);
    expect(results.map(([pk]) => pk)).toEqual(['same', 'near', 'across', 'opposite']);
    expect(results[0]![1]).toBe(0);
    expect(results[1]![1]).toBeCloseTo(0.4, 6);
    expect(results[2]![1]).toBe(1);
    expect(results[3]![1]).toBe(2);
  });

  it('of EUCLIDEAN are distances', async () => {
    const client = await withItems(compass, vectorIndex({ DistanceFunction: 'EUCLIDEAN' }));
    const results = await found(client);
    expect(results.map(([pk]) => pk)).toEqual(['same', 'near', 'across', 'opposite']);
    expect(results.map(([, score]) => score)).toEqual([0, expect.closeTo(Math.sqrt(0.8), 6), Math.SQRT2, 2]);
  });

  it('of DOT_PRODUCT put the highest first and may be negative', async () => {
    const client = await withItems(compass, vectorIndex({ DistanceFunction: 'DOT_PRODUCT' }));
    expect(await found(client)).toEqual([
      ['same', 1],
      ['near', expect.closeTo(0.6, 6)],
      ['across', 0],
      ['opposite', -1],
    ]);
  });

  it('are 1 under COSINE for a vector without length, on either side', async () => {
    const client = await withItems([item('zero', [0, 0, 0]), item('unit', [1, 0, 0])], vectorIndex());
    expect(await found(client)).toEqual([
      ['unit', 0],
      ['zero', 1],
    ]);
    const SearchVector = numbers(0, 0, 0);
    expect((await found(client, { SearchVector })).map(([, score]) => score)).toEqual([1, 1]);
  });

  it('are exactly 0 under COSINE for any vector against itself', async () => {
    const { client } = await startWithTable(vectorIndex());
    for (let i = 1; i <= 40; i += 1) {
      const vector = [Math.sin(i) * i, Math.cos(i) / i, 0.1 * i];
      await put(client, [item('a', vector)]);
      expect(await found(client, { SearchVector: numbers(...vector) })).toEqual([['a', 0]]);
    }
  });

  it('stay within single precision and do not overflow on the way', async () => {
    const huge = item('huge', []);
    huge.embedding.L = numbers('3.4e38', '-3.4e38', 0);
    const euclidean = vectorIndex({ IndexName: 'euclidean', DistanceFunction: 'EUCLIDEAN' });
    const client = await withItems([huge], vectorIndex({ DistanceFunction: 'DOT_PRODUCT' }), euclidean);
    expect(await found(client, { SearchVector: numbers('3.4e38', '3.4e38', 0) })).toEqual([['huge', 0]]);
    expect(await found(client, { IndexName: 'euclidean', SearchVector: numbers('-3.4e38', 0, 0) })).toEqual([
      ['huge', 3.402_823_466_385_288_6e38],
    ]);
  });
});

describe('a search', () => {
  it('returns the best TopK of many, exactly', async () => {
    const all = Array.from({ length: 150 }, (_, i) => ({ pk: `k${i}`, angle: (i * 2.399_963) % Math.PI }));
    const client = await withItems(
      all.map(({ pk, angle }) => item(pk, [Math.cos(angle), Math.sin(angle), 0])),
      vectorIndex(),
    );
    const nearest = all.toSorted((a, b) => a.angle - b.angle).map(({ pk }) => pk);
    expect(await foundKeys(client, { TopK: 1 })).toEqual(nearest.slice(0, 1));
    expect(await foundKeys(client, { TopK: 17 })).toEqual(nearest.slice(0, 17));
    expect(await foundKeys(client, { TopK: 100 })).toEqual(nearest.slice(0, 100));
  });

  it('sees the partition of its HASH value alone', async () => {
    const client = await withItems(
      [
        item('mine', [1, 0, 0], { tenant: { S: 'a' } }),
        item('theirs', [1, 0, 0], { tenant: { S: 'b' } }),
        item('nobodys', [1, 0, 0]),
      ],
      vectorIndex(tenantSchema),
    );
    const of = (tenant: string) => ({
      SearchConditionExpression: 'tenant = :t',
      ExpressionAttributeValues: { ':t': { S: tenant } },
    });
    expect(await foundKeys(client, of('a'))).toEqual(['mine']);
    expect(await foundKeys(client, of('b'))).toEqual(['theirs']);
    expect(await foundKeys(client, of('c'))).toEqual([]);
  });

  it('narrows by filters with names, values, AND and parentheses; numbers are equal however they are written', async () => {
    const of = (pk: string, category?: string, tier?: string) =>
      item(pk, [1, 0, 0], {
        tenant: { S: 'a' },
        ...(category && { category: { S: category } }),
        ...(tier && { tier: { N: tier } }),
      });
    const client = await withItems(
      [of('x1', 'x', '1'), of('x2', 'x', '2'), of('y1', 'y', '1'), of('none')],
      vectorIndex(tenantSchema),
    );
    const both = {
      SearchConditionExpression: '(#t = :t AND category = :c) AND tier = :n',
      ExpressionAttributeNames: { '#t': 'tenant' },
      ExpressionAttributeValues: { ':t': { S: 'a' }, ':c': { S: 'x' }, ':n': { N: '1.0' } },
    };
    expect(await foundKeys(client, both)).toEqual(['x1']);
    const contradiction = {
      SearchConditionExpression: 'tenant = :t AND category = :c AND category = :d',
      ExpressionAttributeValues: { ':t': { S: 'a' }, ':c': { S: 'x' }, ':d': { S: 'y' } },
    };
    expect(await foundKeys(client, contradiction)).toEqual([]);
  });

  it('needs no condition where only filters are declared', async () => {
    const SearchSchema = [{ AttributeName: 'category', SearchSchemaElementType: 'INLINE_FILTER' as const }];
    const client = await withItems(
      [item('x', [1, 0, 0], { category: { S: 'x' } }), item('none', [1, 0, 0])],
      vectorIndex({ SearchSchema }),
    );
    expect(new Set(await foundKeys(client))).toEqual(new Set(['none', 'x']));
  });

  it('tells the bytes it examined, at least 1 KB', async () => {
    const client = await withItems(compass, vectorIndex());
    expect((await search(client)).ConsumedCapacity).toBeUndefined();
    const { ConsumedCapacity: consumed } = await search(client, { ReturnConsumedCapacity: 'TOTAL' });
    expect(consumed).toEqual({ VectorSearchRequestBytes: 1024 });
  });
});

describe('what comes back', () => {
  const full = item('a', [1, 0.1, 16_777_217], {
    tenant: { S: 'a' },
    category: { S: 'x' },
    text: { S: 'words' },
    page: { N: '7' },
    remark: { S: 'not projected' },
  });
  const mine = {
    SearchConditionExpression: 'tenant = :t',
    ExpressionAttributeValues: { ':t': { S: 'a' } },
  };
  const itemOf = async (client: DynamoDBClient, changes = {}) =>
    (await search(client, { ...mine, ...changes })).SearchResults?.[0]?.Item;

  it('is the whole item without its vector under ALL', async () => {
    const client = await withItems([full], vectorIndex(tenantSchema));
    const { embedding: _, ...rest } = full;
    expect(await itemOf(client)).toEqual(rest);
  });

  it('is keys, schema and included attributes under INCLUDE; what else is asked for is silently missing', async () => {
    const Projection = { ProjectionType: 'INCLUDE', NonKeyAttributes: ['text', 'page'] } as const;
    const client = await withItems(
      [full],
      vectorIndex({ ...tenantSchema, Projection: { ...Projection, NonKeyAttributes: ['text', 'page'] } }),
    );
    const { pk, tenant, category, text, page } = full as Record<string, unknown>;
    expect(await itemOf(client)).toEqual({ pk, tenant, category, text, page });
    const asked = {
      ProjectionExpression: '#text, remark, embedding',
      ExpressionAttributeNames: { '#text': 'text' },
    };
    expect(await itemOf(client, asked)).toEqual({ text });
  });

  it('holds the vector in single precision where it is projected and asked for', async () => {
    const client = await withItems([full], vectorIndex(tenantSchema));
    expect(await itemOf(client, { ProjectionExpression: 'pk, embedding' })).toEqual({
      pk: { S: 'a' },
      embedding: { L: numbers('1.0', '0.1', '16777216.0') },
    });
  });
});
