import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answersTable, chunkIndexName, knowledgeTable, recentIndex } from '../../lib/dynamodb/tables.ts';
import { openEngine } from '../../local/dynamodb/engine.ts';
import {
  createFromSpec,
  numbers,
  search,
  startServer,
  startWithTable,
  tableInput,
} from './dynamodb-fixture.ts';

const TableName = 'things';
const embedding = { model: 'all-MiniLM-L6-v2', dimensions: 4 };

describe("the project's own tables", () => {
  it('are created from their specs, with index and expiry', async () => {
    const { client } = await startServer();
    await createFromSpec(client, 'knowledge', knowledgeTable(embedding));
    await createFromSpec(client, 'answers', answersTable(embedding));
    const { Table: knowledge } = await client.send(new DescribeTableCommand({ TableName: 'knowledge' }));
    expect(knowledge?.VectorIndexes).toMatchObject([
      { IndexName: chunkIndexName(embedding), IndexStatus: 'ACTIVE', Dimensions: 4, ItemCount: 0 },
    ]);
    expect(knowledge?.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: recentIndex, IndexStatus: 'ACTIVE' },
    ]);
    expect(knowledge?.AttributeDefinitions).toEqual(knowledgeTable(embedding).AttributeDefinitions);
    for (const table of ['knowledge', 'answers']) {
      const { TimeToLiveDescription: expiry } = await client.send(
        new DescribeTimeToLiveCommand({ TableName: table }),
      );
      expect(expiry).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
    }
  });

  it('list documents by their last change and find chunks by their vectors', async () => {
    const { client } = await startServer();
    await createFromSpec(client, 'knowledge', knowledgeTable(embedding));
    const document = (id: string, updatedAt: string) => ({
      pk: { S: 'acme/main' },
      sk: { S: `document#${id}` },
      recentScope: { S: 'acme/main' },
      updatedAt: { S: updatedAt },
    });
    const chunk = {
      pk: { S: 'acme/main#one' },
      sk: { S: 'chunk#0' },
      scope: { S: 'acme/main' },
      document: { S: 'one' },
      text: { S: 'words' },
      secret: { S: 'not projected' },
      [chunkIndexName(embedding)]: { L: numbers(1, 0, 0, 0) },
    };
    const items = [
      document('one', '2026-11-01'),
      document('two', '2026-11-03'),
      document('three', '2026-11-02'),
      chunk,
    ];
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { knowledge: requests } }));

    const recent = await client.send(
      new QueryCommand({
        TableName: 'knowledge',
        IndexName: recentIndex,
        KeyConditionExpression: 'recentScope = :s',
        ExpressionAttributeValues: { ':s': { S: 'acme/main' } },
        ScanIndexForward: false,
        Limit: 2,
      }),
    );
    expect(recent.Items?.map((each) => each['sk']?.S)).toEqual(['document#two', 'document#three']);

    const nearest = await search(client, {
      TableName: 'knowledge',
      IndexName: chunkIndexName(embedding),
      SearchVector: numbers(1, 0, 0, 0),
      SearchConditionExpression: '#s = :s',
      ExpressionAttributeNames: { '#s': 'scope' },
      ExpressionAttributeValues: { ':s': { S: 'acme/main' } },
    });
    const { secret: _secret, [chunkIndexName(embedding)]: _vector, ...projected } = chunk;
    expect(nearest.SearchResults).toEqual([{ Item: projected, Score: 0 }]);
  });
});

describe('a failed condition', () => {
  const found = { pk: { S: 'a' }, revision: { N: '3' } };
  const Key = { pk: { S: 'a' } };
  const stale = {
    TableName,
    ConditionExpression: 'revision = :r',
    ExpressionAttributeValues: { ':r': { N: '2' } },
  };
  const writes = {
    PutItem: (more: object) => new PutItemCommand({ ...stale, Item: Key, ...more }),
    UpdateItem: (more: object) =>
      new UpdateItemCommand({ ...stale, Key, UpdateExpression: 'REMOVE spare', ...more }),
    DeleteItem: (more: object) => new DeleteItemCommand({ ...stale, Key, ...more }),
  };

  it.each(Object.entries(writes))(
    'of %s tells the item it met where that is asked for',
    async (_name, write) => {
      const { client } = await startWithTable();
      await client.send(new PutItemCommand({ TableName, Item: found }));
      const failure = async (more: object): Promise<unknown> =>
        client.send(write(more) as PutItemCommand).then(
          () => undefined,
          (error: unknown) => error,
        );
      const told = await failure({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
      expect(told).toBeInstanceOf(ConditionalCheckFailedException);
      expect((told as ConditionalCheckFailedException).Item).toEqual(found);
      const silent = await failure({});
      expect(silent).toBeInstanceOf(ConditionalCheckFailedException);
      expect((silent as ConditionalCheckFailedException).Item).toBeUndefined();
    },
  );

  it('tells no item where there is none', async () => {
    const { client } = await startWithTable();
    const error = await client
      .send(
        new UpdateItemCommand({
          ...stale,
          Key,
          UpdateExpression: 'REMOVE spare',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect((error as ConditionalCheckFailedException).Item).toBeUndefined();
  });

  it('is met by all but one of 50 that claim the same item, and each learns who has it', async () => {
    const { client } = await startWithTable();
    const claims = Array.from({ length: 50 }, (_, i) =>
      client
        .send(
          new PutItemCommand({
            TableName,
            Item: { pk: { S: 'a' }, owner: { S: `w${i}` } },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        )
        .then(
          () => ({ owner: `w${i}`, won: true }),
          (error: ConditionalCheckFailedException) => ({ owner: error.Item?.['owner']?.S, won: false }),
        ),
    );
    const outcomes = await Promise.all(claims);
    const winners = outcomes.filter((outcome) => outcome.won);
    expect(winners.length).toBe(1);
    expect(new Set(outcomes.map((outcome) => outcome.owner))).toEqual(new Set([winners[0]!.owner]));
  });
});

it('batches write and read many items', async () => {
  const { client } = await startWithTable();
  const items = Array.from({ length: 25 }, (_, i) => ({ pk: { S: `k${i}` }, n: { N: String(i) } }));
  const requests = items.map((Item) => ({ PutRequest: { Item } }));
  const { UnprocessedItems: left } = await client.send(
    new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }),
  );
  expect(left).toEqual({});
  const Keys = items.map(({ pk }) => ({ pk }));
  const { Responses: read } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
  );
  const byKey = (a: { pk?: { S?: string } }, b: { pk?: { S?: string } }) => (a.pk!.S! < b.pk!.S! ? -1 : 1);
  expect(read?.[TableName]?.toSorted(byKey as never)).toEqual(items.toSorted(byKey));
});

it('counters added to by 100 at once lose nothing', async () => {
  const { client } = await startWithTable();
  const add = () =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: { S: 'counter' } },
        UpdateExpression: 'ADD hits :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
  const results = await Promise.all(Array.from({ length: 100 }, add));
  const values = results.map((result) => Number(result.Attributes?.['hits']?.N));
  expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});

it('a table can be used when CreateTable has answered and is gone when DeleteTable has', async () => {
  // Without the wire between, the next operation follows at once.
  const engine = await openEngine(undefined);
  onTestFinished(() => engine.close());
  for (let round = 0; round < 3; round += 1) {
    await engine.perform('CreateTable', { ...tableInput(TableName) });
    await engine.perform('PutItem', { TableName, Item: { pk: { S: 'a' } } });
    await engine.perform('DeleteTable', { TableName });
    expect(await engine.perform('ListTables', {})).toEqual({ TableNames: [] });
  }
});

it('time to live is switched on and off once', async () => {
  const { client } = await startWithTable();
  const set = (Enabled: boolean, AttributeName = 'expiresAt') =>
    client.send(
      new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } }),
    );
  const state = async () =>
    (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
  expect(await state()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  await set(true);
  expect(await state()).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
  await expect(set(true)).rejects.toMatchObject({ message: 'TimeToLive is already enabled' });
  await set(false);
  expect(await state()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  await expect(set(false)).rejects.toMatchObject({ message: 'TimeToLive is already disabled' });
});
