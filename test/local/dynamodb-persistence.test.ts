import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import {
  found,
  foundKeys,
  item,
  startServer,
  tableInput,
  tenantSchema,
  vectorIndex,
} from './dynamodb-fixture.ts';

const TableName = 'things';
let directory: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dynamodb-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  directory = join(folder, 'not', 'there', 'yet');
});

it('tables, items and vector indexes are there again after a restart', async () => {
  const first = await startServer(directory);
  await first.client.send(new CreateTableCommand(tableInput(TableName, [vectorIndex(tenantSchema)])));
  for (const [pk, x] of [
    ['a', 1],
    ['b', 0.5],
    ['gone', 0.9],
  ] as const) {
    await first.client.send(
      new PutItemCommand({
        TableName,
        Item: item(pk, [x, 1, 0], { tenant: { S: 't' }, category: { S: pk } }),
      }),
    );
  }
  await first.client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: 'gone' } } }));
  const of = (category?: string) => ({
    SearchConditionExpression: category ? 'tenant = :t AND category = :c' : 'tenant = :t',
    ExpressionAttributeValues: { ':t': { S: 't' }, ...(category && { ':c': { S: category } }) },
  });
  const before = await found(first.client, of());
  expect(before.map(([pk]) => pk)).toEqual(['a', 'b']);
  const described = await first.client.send(new DescribeTableCommand({ TableName }));
  await first.stop();

  const second = await startServer(directory);
  expect(await found(second.client, of())).toEqual(before);
  expect(await foundKeys(second.client, of('b'))).toEqual(['b']);
  expect((await second.client.send(new DescribeTableCommand({ TableName }))).Table).toEqual(described.Table);
  const Key = { pk: { S: 'a' } };
  expect((await second.client.send(new GetItemCommand({ TableName, Key }))).Item).toMatchObject({
    pk: { S: 'a' },
  });
  await second.client.send(new DeleteItemCommand({ TableName, Key }));
  expect(await foundKeys(second.client, of())).toEqual(['b']);
});

it('what was added and taken away stays so', async () => {
  const first = await startServer(directory);
  await first.client.send(new CreateTableCommand(tableInput(TableName, [vectorIndex()])));
  await first.client.send(new CreateTableCommand(tableInput('dropped', [vectorIndex()])));
  await first.client.send(new PutItemCommand({ TableName, Item: item('a', [1, 0, 0]) }));
  const change = (update: object) =>
    first.client.send(new UpdateTableCommand({ TableName, VectorIndexUpdates: [update] }));
  await change({ Create: vectorIndex({ IndexName: 'later', DistanceFunction: 'DOT_PRODUCT' }) });
  await change({ Delete: { IndexName: 'vix' } });
  const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
  await first.client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  await first.client.send(new DeleteTableCommand({ TableName: 'dropped' }));
  await first.stop();

  const { client } = await startServer(directory);
  expect((await client.send(new ListTablesCommand())).TableNames).toEqual([TableName]);
  expect(await found(client, { IndexName: 'later' })).toEqual([['a', 1]]);
  await expect(foundKeys(client)).rejects.toMatchObject({
    message: 'The table does not have the specified index: vix',
  });
  expect((await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription).toEqual({
    AttributeName: 'expiresAt',
    TimeToLiveStatus: 'ENABLED',
  });
});

it('a CreateTable that failed has left nothing behind after a restart either', async () => {
  const first = await startServer(directory);
  await first.client.send(new CreateTableCommand(tableInput(TableName, [vectorIndex()])));
  await first.client.send(new PutItemCommand({ TableName, Item: item('a', [1, 0, 0]) }));
  const again = new CreateTableCommand(tableInput(TableName, [vectorIndex({ IndexName: 'instead' })]));
  await expect(first.client.send(again)).rejects.toMatchObject({ name: 'ResourceInUseException' });
  await first.stop();
  const second = await startServer(directory);
  expect(await foundKeys(second.client)).toEqual(['a']);
});

it('a folder that another server uses is refused', async () => {
  await startServer(directory);
  await expect(startDynamoDb({ directory })).rejects.toMatchObject({ code: 'LEVEL_DATABASE_NOT_OPEN' });
});

it('close waits for what is being written, though its callers have gone', async () => {
  const failures = vi.spyOn(console, 'error');
  onTestFinished(() => failures.mockRestore());
  const first = await startServer(directory);
  await first.client.send(new CreateTableCommand(tableInput(TableName, [vectorIndex()])));
  const writes = Array.from({ length: 20 }, (_, i) =>
    first.client.send(new PutItemCommand({ TableName, Item: item(`k${i}`, [1, 0, 0]) })).then(
      () => `k${i}`,
      () => undefined,
    ),
  );
  await writes[0];
  await first.stop();
  const confirmed = (await Promise.all(writes)).filter((pk) => pk !== undefined);
  const second = await startServer(directory);
  expect(await foundKeys(second.client)).toEqual(expect.arrayContaining(confirmed));
  expect(failures).not.toHaveBeenCalled();
});
