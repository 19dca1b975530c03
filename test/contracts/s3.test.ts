import { S3Client } from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDocumentBucket } from '../../lib/aws/documents-bucket.ts';
import { documentBucketContract } from './document-bucket.ts';
import { useS3 } from './emulators.ts';

const s3 = useS3();

documentBucketContract('S3', async () => createDocumentBucket(s3.client(), await s3.bucket()));

it('a bucket that is not there is a failure, not an absent document', async () => {
  const bucket = createDocumentBucket(s3.client(), 'no-such-bucket');
  const { signal } = new AbortController();
  const body = new Uint8Array([1]);
  await expect(
    bucket.put({ scope: 'a/b', id: 'x' }, { body, contentType: 'text/plain' }, { signal }),
  ).rejects.toMatchObject({ code: 'storage_unavailable', retryable: true });
});

it('a form takes the document where it belongs', async () => {
  const bucket = createDocumentBucket(s3.client(), await s3.bucket());
  const key = { scope: 'acme/main', id: 'big.txt' } as const;
  const own = { raglan: 'e30' };
  const { url, fields } = await bucket.uploadForm(key, { contentType: 'text/plain', own });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob(['Hello']));
  expect((await fetch(url, { method: 'POST', body: form })).ok).toBe(true);
  const { signal } = new AbortController();
  expect(await bucket.head(key, { signal })).toMatchObject({
    ...{ contentType: 'text/plain', size: 5 },
    attributes: { own },
  });
});

describe('a body that stops halfway', () => {
  const halfway = async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': '100' }).write('half');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials,
      maxAttempts: 1,
    });
    onTestFinished(async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const caller = new AbortController();
    const request = once(server, 'request');
    const key = { scope: 'acme/main', id: 'x', version: '"v1"' } as const;
    const reading = createDocumentBucket(client, 'b').read(key, { signal: caller.signal });
    const [, response] = (await request) as [unknown, ServerResponse];
    return { server, caller, reading, response };
  };

  it('by itself is a failure that may heal', async () => {
    const { reading, response } = await halfway();
    response.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'storage_unavailable', retryable: true });
  });

  it("by the caller's abort is that abort, and closes the connection", async () => {
    const { caller, reading, response } = await halfway();
    const reason = new Error('left');
    const closed = once(response, 'close');
    caller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await closed;
  });
});
