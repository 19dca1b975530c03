import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  PutItemCommand,
  UpdateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type UpdateTableCommandInput,
  type VectorIndex,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEngine } from '../../local/dynamodb/engine.ts';
import {
  foundKeys,
  item,
  startServer,
  startWithTable,
  tableInput,
  tenantSchema,
  vectorIndex,
} from './dynamodb-fixture.ts';

const TableName = 'things';
const start = 'One or more parameter values were invalid:';
const describeTable = async (client: DynamoDBClient) =>
  (await client.send(new DescribeTableCommand({ TableName }))).Table!;
const update = (client: DynamoDBClient, changes: Partial<UpdateTableCommandInput>) =>
  client.send(new UpdateTableCommand({ TableName, ...changes }));
const add = (client: DynamoDBClient, index: VectorIndex, more: Partial<UpdateTableCommandInput> = {}) =>
  update(client, { VectorIndexUpdates: [{ Create: index }], ...more });
const searchable = async (client: DynamoDBClient) => {
  await expect.poll(async () => (await describeTable(client)).VectorIndexes?.[0]?.IndexStatus).toBe('ACTIVE');
};

describe('CreateTable', () => {
  it('describes its vector indexes as ACTIVE, with every attribute that was declared', async () => {
    const index = vectorIndex(tenantSchema);
    const { client } = await startWithTable(index);
    await client.send(new PutItemCommand({ TableName, Item: item('a', [1, 0, 0], { tenant: { S: 'x' } }) }));
    const table = await describeTable(client);
    expect(table.TableStatus).toBe('ACTIVE');
    expect(table.AttributeDefinitions).toEqual(tableInput(TableName, [index]).AttributeDefinitions);
    expect(table.VectorIndexes).toEqual([
      {
        ...index,
        IndexStatus: 'ACTIVE',
        ItemCount: 1,
        IndexSizeBytes: 12,
        IndexArn: `${table.TableArn}/index/vix`,
      },
    ]);
  });

  it('that fails because the table is there leaves the indexes of that table alone', async () => {
    const { client } = await startWithTable(vectorIndex());
    const again = tableInput(TableName, [vectorIndex({ IndexName: 'other' })]);
    await expect(client.send(new CreateTableCommand(again))).rejects.toMatchObject({
      name: 'ResourceInUseException',
    });
    expect((await describeTable(client)).VectorIndexes?.map((index) => index.IndexName)).toEqual(['vix']);
  });

  const provisioned = {
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  } as const;
  const vector = { AttributeName: 'embedding', AttributeType: 'B' } as const;
  const twoHashes = [
    { AttributeName: 'tenant', SearchSchemaElementType: 'HASH' as const },
    { AttributeName: 'category', SearchSchemaElementType: 'HASH' as const },
  ];
  const filters = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      AttributeName: `f${i}`,
      SearchSchemaElementType: 'INLINE_FILTER' as const,
    }));
  const cases: [why: string, input: CreateTableCommandInput, message: string][] = [
    [
      'a provisioned table',
      { ...tableInput(TableName, [vectorIndex()]), ...provisioned },
      `${start} Vector indexes are only supported for PAY_PER_REQUEST tables`,
    ],
    ['an empty list', tableInput(TableName, []), `${start} List of VectorIndexes is empty`],
    [
      'a sixth index',
      tableInput(
        TableName,
        Array.from({ length: 6 }, (_, i) => vectorIndex({ IndexName: `vix${i}` })),
      ),
      `${start} VectorIndex count exceeds the per-table limit of 5`,
    ],
    [
      'more than 4096 dimensions',
      tableInput(TableName, [vectorIndex({ Dimensions: 4097 })]),
      `${start} Number of dimensions must be between 1 and 4096 inclusive.`,
    ],
    [
      'no dimension',
      tableInput(TableName, [vectorIndex({ Dimensions: 0 })]),
      "1 validation error detected: Value '0' at 'vectorIndexes.1.member.dimensions' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a schema attribute that is not declared',
      { ...tableInput(TableName), VectorIndexes: [vectorIndex(tenantSchema)] },
      `${start} One element in SearchSchema is not defined in attribute definitions`,
    ],
    [
      'two HASH attributes',
      tableInput(TableName, [vectorIndex({ SearchSchema: twoHashes })]),
      `${start} Value '2' at 'SearchSchema' failed to satisfy constraint: Member must have HASH count less than or equal to 1`,
    ],
    [
      'nineteen filters',
      tableInput(TableName, [vectorIndex({ SearchSchema: filters(19) })]),
      `${start} Value '19' at 'SearchSchema' failed to satisfy constraint: Member must have INLINE_FILTER count less than or equal to 18`,
    ],
    [
      'two indexes of one name',
      tableInput(TableName, [vectorIndex(), vectorIndex()]),
      `${start} Duplicate index name: vix`,
    ],
    [
      'one attribute with two lengths',
      tableInput(TableName, [vectorIndex(), vectorIndex({ IndexName: 'wide', Dimensions: 4 })]),
      `${start} Conflicting attribute definition for 'embedding'. All VectorIndexes on the same vector attribute must use the same dimensions.`,
    ],
    [
      'a vector attribute that is declared',
      {
        ...tableInput(TableName, [vectorIndex()]),
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, vector],
      },
      `${start} Conflicting attribute definition for 'embedding'. An attribute cannot be defined in AttributeDefinitions when used as a VectorAttribute.`,
    ],
  ];

  it.each(cases)('refuses %s', async (_why, input, message) => {
    const { client } = await startServer();
    await expect(client.send(new CreateTableCommand(input))).rejects.toMatchObject({
      name: 'ValidationException',
      message,
    });
    await expect(describeTable(client)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('takes eighteen filters and five indexes', async () => {
    const { client } = await startServer();
    const indexes = Array.from({ length: 5 }, (_, i) =>
      vectorIndex({ IndexName: `vix${i}`, SearchSchema: filters(18) }),
    );
    await client.send(new CreateTableCommand(tableInput(TableName, indexes)));
    expect((await describeTable(client)).VectorIndexes?.length).toBe(5);
  });
});

describe('UpdateTable', () => {
  it('fills a new index with the items that are there and those written meanwhile, and leaves out what does not fit', async () => {
    const { client } = await startWithTable();
    const put = (Item: ReturnType<typeof item>) => client.send(new PutItemCommand({ TableName, Item }));
    for (let i = 0; i < 30; i += 1) await put(item(`old${i}`, [1, 0, i / 100]));
    await put(item('short', [1, 2]));
    const added = add(client, vectorIndex());
    const written = Array.from({ length: 30 }, (_, i) => put(item(`old${i}`, [0, 1, i / 100])));
    expect((await added).TableDescription?.VectorIndexes?.[0]).toMatchObject({
      IndexStatus: 'CREATING',
      Backfilling: true,
    });
    await Promise.all(written);
    await searchable(client);
    expect((await describeTable(client)).VectorIndexes?.[0]).not.toHaveProperty('Backfilling');
    const upwards = Array.from({ length: 30 }, (_, i) => `old${i}`);
    const SearchVector = [{ N: '0' }, { N: '1' }, { N: '0' }];
    expect(await foundKeys(client, { SearchVector })).toEqual(upwards);
  });

  it('refuses searches of an index that is being filled', async () => {
    // Without the wire between, nothing can be filled before the search looks.
    const engine = await openEngine(undefined);
    onTestFinished(() => engine.close());
    await engine.perform('CreateTable', { ...tableInput(TableName) });
    await engine.perform('PutItem', { TableName, Item: item('a', [1, 0, 0]) });
    await engine.perform('UpdateTable', { TableName, VectorIndexUpdates: [{ Create: vectorIndex() }] });
    const SearchVector = [{ N: '1' }, { N: '0' }, { N: '0' }];
    await expect(
      engine.perform('SearchVectors', { TableName, IndexName: 'vix', TopK: 1, SearchVector }),
    ).rejects.toThrow('Cannot search backfilling vector index: vix');
  });

  it('wants the attributes of the schema in the same request', async () => {
    const { client } = await startWithTable();
    const index = vectorIndex({
      SearchSchema: [{ AttributeName: 'tenant', SearchSchemaElementType: 'HASH' }],
    });
    await expect(add(client, index)).rejects.toMatchObject({
      message: `${start} One element in SearchSchema is not defined in attribute definitions`,
    });
    await add(client, index, { AttributeDefinitions: [{ AttributeName: 'tenant', AttributeType: 'S' }] });
    await searchable(client);
    expect((await describeTable(client)).AttributeDefinitions).toContainEqual({
      AttributeName: 'tenant',
      AttributeType: 'S',
    });
  });

  it('takes an index away, alone of those the table has', async () => {
    const { client } = await startWithTable(vectorIndex(), vectorIndex({ IndexName: 'other' }));
    await client.send(new PutItemCommand({ TableName, Item: item('a', [1, 0, 0]) }));
    await update(client, { VectorIndexUpdates: [{ Delete: { IndexName: 'vix' } }] });
    await expect(foundKeys(client)).rejects.toMatchObject({
      message: 'The table does not have the specified index: vix',
    });
    expect(await foundKeys(client, { IndexName: 'other' })).toEqual(['a']);
  });

  it('refuses a name that is taken, a sixth index, an unknown one, two at once and provisioned capacity', async () => {
    const indexes = Array.from({ length: 5 }, (_, i) => vectorIndex({ IndexName: `vix${i}` }));
    const { client } = await startWithTable(...indexes);
    await expect(add(client, indexes[0]!)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Attempting to create an index which already exists',
    });
    await expect(add(client, vectorIndex({ IndexName: 'sixth' }))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Subscriber limit exceeded: Number of vector secondary indexes exceeds per-table limit of 5',
    });
    const unknown = { Delete: { IndexName: 'unknown' } };
    await expect(update(client, { VectorIndexUpdates: [unknown] })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(update(client, { VectorIndexUpdates: [unknown, unknown] })).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    await expect(update(client, { BillingMode: 'PROVISIONED' })).rejects.toMatchObject({
      message: `${start} Tables with vector indexes must be in PAY_PER_REQUEST mode`,
    });
  });
});

it('DeleteTable takes the indexes with it; a new table of that name begins empty', async () => {
  const { client } = await startWithTable(vectorIndex());
  await client.send(new PutItemCommand({ TableName, Item: item('a', [1, 0, 0]) }));
  await client.send(new DeleteTableCommand({ TableName }));
  await expect(foundKeys(client)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await client.send(new CreateTableCommand(tableInput(TableName, [vectorIndex()])));
  expect(await foundKeys(client)).toEqual([]);
});
