import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { startServer } from './dynamodb-fixture.ts';

interface Answer {
  status: number;
  body: string;
}

function call(
  endpoint: string,
  {
    method = 'POST',
    headers = {},
    body = '{}',
  }: { method?: string; headers?: object; body?: string | Buffer },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables', ...headers };
    const outgoing = request(endpoint, { method, headers: target }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('the endpoint', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST:80', '[::1]:8000'])('serves the Host %s', async (host) => {
    const { endpoint } = await startServer();
    expect(await call(endpoint, { headers: { host } })).toMatchObject({ status: 200 });
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'])(
    'refuses the Host %s',
    async (host) => {
      const { endpoint } = await startServer();
      expect(await call(endpoint, { headers: { host } })).toMatchObject({ status: 403 });
    },
  );

  it('refuses a request from a page, whatever its origin', async () => {
    const { endpoint } = await startServer();
    for (const origin of ['https://evil.example', 'http://localhost:3000', 'null']) {
      expect(await call(endpoint, { headers: { origin } })).toMatchObject({ status: 403 });
      expect(await call(endpoint, { method: 'OPTIONS', headers: { origin }, body: '' })).toMatchObject({
        status: 403,
      });
    }
  });

  it('listens on 127.0.0.1 and on nothing else', async () => {
    const { endpoint } = await startServer();
    const { hostname, port } = new URL(endpoint);
    expect(hostname).toBe('127.0.0.1');
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, address }) => family === 'IPv4' && address !== '127.0.0.1');
    for (const { address } of others) {
      const outcome = await new Promise((resolve) => {
        const socket = connect(Number(port), address);
        socket.on('connect', () => resolve('connected'));
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
        socket.on('close', () => socket.destroy());
      });
      expect(outcome).toBe('ECONNREFUSED');
    }
  });

  it.each([
    ['no JSON', { body: '{' }, 'SerializationException'],
    ['no object', { body: '[]' }, 'SerializationException'],
    [
      'an unknown operation',
      { headers: { 'x-amz-target': 'DynamoDB_20120810.Fly' } },
      'UnknownOperationException',
    ],
    [
      'a name every object has',
      { headers: { 'x-amz-target': 'DynamoDB_20120810.toString' } },
      'UnknownOperationException',
    ],
    ['another service', { headers: { 'x-amz-target': 'AmazonSQS.ListQueues' } }, 'UnknownOperationException'],
    ['a GET', { method: 'GET', body: '' }, 'UnknownOperationException'],
    [
      'a wrong type',
      { headers: { 'x-amz-target': 'DynamoDB_20120810.SearchVectors' }, body: '{"TopK":"x"}' },
      'SerializationException',
    ],
  ])('answers %s with an error and goes on serving', async (_what, input, name) => {
    const { endpoint, client } = await startServer();
    const { status, body } = await call(endpoint, input);
    expect(status).toBe(400);
    expect((JSON.parse(body) as { __type: string }).__type).toMatch(new RegExp(`#${name}$`));
    expect((await client.send(new ListTablesCommand())).TableNames).toEqual([]);
  });

  it('refuses a body over 16 MB', async () => {
    const { endpoint } = await startServer();
    expect(await call(endpoint, { body: Buffer.alloc(16 * 1024 * 1024 + 1, 'x') })).toMatchObject({
      status: 413,
    });
  });

  it('outlives a caller who hangs up in the middle of a body', async () => {
    const { endpoint, client } = await startServer();
    const { hostname, port } = new URL(endpoint);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`POST / HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: 100\r\n\r\n{`, () =>
          socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    expect((await client.send(new ListTablesCommand())).TableNames).toEqual([]);
  });

  it('throws where the port is taken', async () => {
    const { endpoint } = await startServer();
    await expect(startDynamoDb({ port: Number(new URL(endpoint).port) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
