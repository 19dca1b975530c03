import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { VectorIndexDefinition } from '../../local/dynamodb/definitions.ts';
import { createVectorIndex } from '../../local/dynamodb/vector-index.ts';
import {
  found,
  foundKeys,
  item,
  numbers,
  startServer,
  startWithTable,
  tableInput,
  tenantSchema,
  vectorIndex,
} from './dynamodb-fixture.ts';

const TableName = 'things';
const put = (client: DynamoDBClient, Item: Record<string, AttributeValue>) =>
  client.send(new PutItemCommand({ TableName, Item }));
const remove = (client: DynamoDBClient, pk: string) =>
  client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: pk } } }));
const update = (client: DynamoDBClient, pk: string, input: Partial<UpdateItemCommandInput>) =>
  client.send(new UpdateItemCommand({ TableName, Key: { pk: { S: pk } }, ...input }));
const get = async (client: DynamoDBClient, pk: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } }, ConsistentRead: true }))).Item;
const inTenant = (tenant: string) => ({
  SearchConditionExpression: 'tenant = :t',
  ExpressionAttributeValues: { ':t': { S: tenant } },
});

describe('the index follows', () => {
  it('puts, overwrites and deletes', async () => {
    const { client } = await startWithTable(vectorIndex());
    await put(client, item('a', [1, 0, 0]));
    await put(client, item('b', [0, 1, 0]));
    expect(await foundKeys(client)).toEqual(['a', 'b']);
    await put(client, item('a', [-1, 0, 0]));
    expect(await foundKeys(client)).toEqual(['b', 'a']);
    await remove(client, 'b');
    expect(await foundKeys(client)).toEqual(['a']);
  });

  it('updates of the vector, of its removal and of what is projected', async () => {
    const { client } = await startWithTable(vectorIndex());
    await put(client, item('a', [0, 1, 0]));
    const vector = { ':v': { L: numbers(1, 0, 0) } };
    await update(client, 'a', { UpdateExpression: 'SET embedding = :v', ExpressionAttributeValues: vector });
    expect(await found(client)).toEqual([['a', 0]]);
    await update(client, 'a', {
      UpdateExpression: 'SET embedding[1] = :n',
      ExpressionAttributeValues: { ':n': { N: '1' } },
    });
    expect(await found(client)).toEqual([['a', expect.closeTo(1 - Math.SQRT1_2, 6)]]);
    await update(client, 'a', { UpdateExpression: 'REMOVE embedding' });
    expect(await foundKeys(client)).toEqual([]);
    expect(await get(client, 'a')).toEqual({ pk: { S: 'a' } });
    await update(client, 'new', {
      UpdateExpression: 'SET embedding = :v',
      ExpressionAttributeValues: vector,
    });
    expect(await foundKeys(client)).toEqual(['new']);
  });

  it('an item that moves from one HASH value to another, and silently loses one without', async () => {
    const { client } = await startWithTable(vectorIndex(tenantSchema));
    await put(client, item('a', [1, 0, 0], { tenant: { S: 'x' } }));
    const move = { UpdateExpression: 'SET tenant = :t', ExpressionAttributeValues: { ':t': { S: 'y' } } };
    await update(client, 'a', move);
    expect(await foundKeys(client, inTenant('x'))).toEqual([]);
    expect(await foundKeys(client, inTenant('y'))).toEqual(['a']);
    await update(client, 'a', { UpdateExpression: 'REMOVE tenant' });
    expect(await foundKeys(client, inTenant('y'))).toEqual([]);
    expect(await get(client, 'a')).toEqual(item('a', [1, 0, 0]));
  });

  it('batches of puts and deletes', async () => {
    const { client } = await startWithTable(vectorIndex());
    const write = (requests: object[]) =>
      client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
    await write([
      { PutRequest: { Item: item('a', [1, 0, 0]) } },
      { PutRequest: { Item: item('b', [0, 1, 0]) } },
    ]);
    expect(await foundKeys(client)).toEqual(['a', 'b']);
    await write([
      { DeleteRequest: { Key: { pk: { S: 'a' } } } },
      { PutRequest: { Item: item('c', [1, 0, 0]) } },
    ]);
    expect(await foundKeys(client)).toEqual(['c', 'b']);
  });

  it('the table through 200 puts, updates and deletes at once', async () => {
    const { client } = await startWithTable(vectorIndex());
    const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
    const vector = (i: number) => [Math.cos(i), Math.sin(i), 0];
    await Promise.all(
      keys.flatMap((pk, i) => [
        put(client, item(pk, vector(i))),
        put(client, item(pk, vector(i + 100))),
        remove(client, pk),
        put(client, item(pk, vector(i + 200))),
        i % 2 ? remove(client, pk) : update(client, pk, { UpdateExpression: 'REMOVE embedding' }),
      ]),
    );
    const { Items: items = [] } = await client.send(new ScanCommand({ TableName }));
    const expected = items
      .filter((each) => each['embedding'])
      .map((each) => {
        const [x, y] = each['embedding']!.L!.map((element) => Number(element.N));
        return [each['pk']!.S, expect.closeTo(1 - x! / Math.hypot(x!, y!), 6)] as const;
      });
    const results = await found(client);
    expect(results.length).toBe(expected.length);
    expect(new Map(results)).toEqual(new Map(expected));
    // Which write came last is chance; that neither all nor none survived shows that the test had something to see.
    expect(results.length).toBeLessThan(keys.length);
  });

  it('no write whose condition fails', async () => {
    const { client } = await startWithTable(vectorIndex());
    await put(client, item('a', [1, 0, 0]));
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
    const failed = { name: 'ConditionalCheckFailedException' };
    await expect(
      client.send(new PutItemCommand({ TableName, Item: item('a', [0, 1, 0]), ...condition })),
    ).rejects.toMatchObject(failed);
    await expect(
      client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: 'a' } }, ...condition })),
    ).rejects.toMatchObject(failed);
    expect(await found(client)).toEqual([['a', 0]]);
  });
});

describe('a write is refused for', () => {
  const start = 'One or more parameter values were invalid.';
  const cases: [why: string, Item: Record<string, AttributeValue>, message: string][] = [
    [
      'a vector of the wrong length',
      item('a', [1, 2]),
      `${start} Invalid size for parameter embedding, Expected: 3, Actual: 2 IndexName: vix`,
    ],
    [
      'an element that is no number',
      { pk: { S: 'a' }, embedding: { L: [{ N: '1' }, { S: 'x' }, { N: '3' }] } },
      `${start} Invalid type for parameter embedding[1], Expected: 32-bit floating point number, Actual: S. IndexName: vix`,
    ],
    [
      'a vector that is no list',
      { pk: { S: 'a' }, embedding: { S: 'words' } },
      `${start} Invalid type for parameter embedding, Expected: 32-bit floating point number list IndexName: vix`,
    ],
    [
      'a number set with equal values',
      { pk: { S: 'a' }, embedding: { NS: ['1', '0', '0'] } },
      'Input collection contains duplicates',
    ],
    [
      'a HASH of another type',
      item('a', [1, 0, 0], { tenant: { N: '7' } }),
      `${start} Attribute 'tenant' type mismatch. Expected: S, Actual: N. IndexName: vix`,
    ],
    [
      'an empty HASH',
      item('a', [1, 0, 0], { tenant: { S: '' } }),
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: vix, IndexKey: tenant',
    ],
  ];

  it.each(cases)('%s', async (_why, Item, message) => {
    const { client } = await startWithTable(vectorIndex(tenantSchema));
    await expect(put(client, Item)).rejects.toMatchObject({ name: 'ValidationException', message });
    expect(await get(client, 'a')).toBeUndefined();
  });

  it('one item of a batch, and nothing of the batch is written', async () => {
    const { client } = await startWithTable(vectorIndex());
    const requests = [item('good', [1, 0, 0]), item('bad', [1])].map((Item) => ({ PutRequest: { Item } }));
    await expect(
      client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } })),
    ).rejects.toMatchObject({
      message: `${start} Invalid size for parameter embedding, Expected: 3, Actual: 1 IndexName: vix`,
    });
    expect(await get(client, 'good')).toBeUndefined();
    expect(await foundKeys(client)).toEqual([]);
  });

  it('what an update would make of the item, which stays as it was', async () => {
    const { client } = await startWithTable(vectorIndex());
    await put(client, item('a', [1, 0, 0]));
    const message = `${start} Invalid size for parameter embedding, Expected: 3, Actual: 2 IndexName: vix`;
    const shorten = update(client, 'a', { UpdateExpression: 'REMOVE embedding[2]' });
    await expect(shorten).rejects.toMatchObject({ name: 'ValidationException', message });
    expect(await get(client, 'a')).toEqual(item('a', [1, 0, 0]));
    expect(await found(client)).toEqual([['a', 0]]);
  });
});

it('a refused update leaves a secondary index as it was too', async () => {
  const { client } = await startServer();
  const table = tableInput(TableName, [vectorIndex()]);
  await client.send(
    new CreateTableCommand({
      ...table,
      AttributeDefinitions: [...table.AttributeDefinitions!, { AttributeName: 'state', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-state',
          KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await put(client, item('a', [1, 0, 0], { state: { S: 'old' } }));
  const refused = update(client, 'a', {
    UpdateExpression: 'SET #s = :new REMOVE embedding[2]',
    ExpressionAttributeNames: { '#s': 'state' },
    ExpressionAttributeValues: { ':new': { S: 'new' } },
  });
  await expect(refused).rejects.toMatchObject({ name: 'ValidationException' });
  const inState = async (state: string) => {
    const { Items: items } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-state',
        KeyConditionExpression: '#s = :s',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':s': { S: state } },
      }),
    );
    return items?.map((each) => each['pk']?.S);
  };
  expect(await inState('new')).toEqual([]);
  expect(await inState('old')).toEqual(['a']);
});

it('what a snapshot says of an item does not undo a later write', () => {
  const index = createVectorIndex(vectorIndex() as VectorIndexDefinition, {
    keyNames: ['pk'],
    types: new Map(),
  });
  index.write('changed', item('changed', [1, 0, 0]));
  index.write('deleted', undefined);
  for (const pk of ['changed', 'deleted', 'untouched']) index.fill(pk, item(pk, [0, 1, 0]));
  index.filled();
  const results = index.search('', { query: Float32Array.of(1, 0, 0), filters: [], limit: 10 });
  expect(results.map(({ key, score }) => [key, score])).toEqual([
    ['changed', 0],
    ['untouched', 1],
  ]);
});

it('Query and Scan do not know a vector index', async () => {
  const { client } = await startWithTable(vectorIndex());
  const query = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'a' } } };
  await expect(
    client.send(new QueryCommand({ TableName, IndexName: 'vix', ...query })),
  ).rejects.toMatchObject({ message: 'Query operation not supported on this index type.' });
  await expect(client.send(new ScanCommand({ TableName, IndexName: 'vix' }))).rejects.toMatchObject({
    message: 'Scan operation not supported on this index type',
  });
});
