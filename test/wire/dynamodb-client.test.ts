import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { createDynamoDb } from '../../lib/dynamodb/client.ts';
import { close, listen } from '../../local/listen.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

it('the database client does not copy what it sends and gets for a log', () => {
  const client = createDynamoDb();
  expect(client.middlewareStack.identify().filter((name) => /logger/i.test(name))).toEqual([]);
  client.destroy();
});

it('the database client gives up a call that is taken and never answered', async () => {
  const silent = createServer(() => {});
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', await listen(silent, 0));
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  // The waits between two calls pass as they do; only the limit of a call is skipped.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const client = createDynamoDb();
  const call = client.send(new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'a' } } }));
  const failure = call.catch((error: unknown) => error);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await once(silent, 'request');
    await vi.advanceTimersByTimeAsync(5_000);
  }
  expect(await failure).toMatchObject({ name: 'TimeoutError' });
  client.destroy();
  silent.closeAllConnections();
  await close(silent);
});
