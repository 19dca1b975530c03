import { PutObjectCommand } from '@aws-sdk/client-s3';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLaptopCloud, type LaptopCloud } from '../../local/cloud.ts';
import { readStates } from '../../local/documents/states.ts';

const { signal } = new AbortController();
const failures: unknown[] = [];
let cloud: LaptopCloud;

beforeAll(async () => {
  cloud = await startLaptopCloud({
    port: 0,
    environment: {},
    onFailure: (what, error) => failures.push([what, error]),
  });
});

afterAll(() => cloud.close());

async function put(id: string, text: string): Promise<void> {
  const response = await fetch(`${cloud.url}/documents/${id}`, {
    method: 'PUT',
    body: text,
    headers: { 'content-type': 'text/markdown' },
  });
  expect(response.status).toBe(202);
  await response.text();
}

const stateOf = async (id: string) => (await readStates(cloud.url, signal)).get(id)?.state;
const becomes = (id: string, state: string | undefined) =>
  expect.poll(() => stateOf(id), { timeout: 20_000, interval: 50 }).toBe(state);

async function ask(question: string) {
  const response = await fetch(`${cloud.url}/ask`, {
    method: 'POST',
    body: JSON.stringify({ question, cache: 'off' }),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { answer: string; sources: { document: string }[]; citations: number[] };
}

it('takes a document from the API to an answer that cites it, and forgets it when it is deleted', async () => {
  await put('wool.md', '# Harbour\n\nThe harbour master of Raglan is Ida Holm.\n');
  await becomes('wool.md', 'ready');
  const { answer, sources, citations } = await ask('Who is the harbour master of Raglan?');
  expect(answer).toContain('Ida Holm');
  expect(sources[(citations[0] ?? 0) - 1]?.document).toBe('wool.md');

  await put('wool.md', '# Harbour\n\nThe harbour master of Raglan is Jon Aspen.\n');
  await expect
    .poll(async () => (await ask('Who is the harbour master of Raglan?')).answer, { timeout: 20_000 })
    .toContain('Jon Aspen');

  const deleted = await fetch(`${cloud.url}/documents/wool.md`, { method: 'DELETE' });
  expect(deleted.status).toBe(204);
  const after = await ask('Who is the harbour master of Raglan?');
  expect(after.sources.map(({ document }) => document)).not.toContain('wool.md');
});

it('takes a document that is put into the bucket by any S3 client', async () => {
  const { s3 } = cloud.clients;
  const object = { Bucket: cloud.environment.DOCUMENTS_BUCKET, Key: 'default/main/direct.txt' };
  await s3.send(
    new PutObjectCommand({ ...object, Body: 'Straight into the bucket.', ContentType: 'text/plain' }),
  );
  await becomes('direct.txt', 'ready');
  expect(failures).toEqual([]);
});

it('listens on 127.0.0.1 and on no other address', async () => {
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_S3, OPENAI_BASE_URL = '' } = cloud.environment;
  for (const url of [cloud.url, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_S3, OPENAI_BASE_URL]) {
    const { hostname, port } = new URL(url);
    expect(hostname).toBe('127.0.0.1');
    // A server on all interfaces would answer here too; where this address does not exist, nothing can.
    expect(await connects('127.0.0.2', Number(port))).toBe(false);
  }
});

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const settle = (isConnected: boolean) => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
