import { createServer } from 'node:http';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createDynamoDb } from '../../../lib/dynamodb/client.ts';
import { close, listen } from '../../../local/listen.ts';

// Every call needs a connection of its own.
const server = createServer((_, response) => {
  response.setHeader('connection', 'close').end('{}');
});
beforeAll(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', await listen(server, 0));
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await close(server);
});

it('a loop that stands still while a connection is made does not fail the call', async () => {
  const client = createDynamoDb();
  const get = () => client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'p' } } }));
  await get();
  let attempts = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      attempts += 1;
      const result = next(args);
      // Still within the turn in which the connection was begun, so that nobody has seen yet that it is made.
      for (let steps = 0; steps < 100; steps += 1) await Promise.resolve();
      if (attempts === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  await get();
  expect(attempts).toBe(1);
  client.destroy();
});
