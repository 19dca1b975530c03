import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startS3Sqs, type S3Sqs } from '../../../local/s3-sqs/start.ts';
import { rawRequest } from '../lambda/raw-request.ts';
import { createClients } from './clients.ts';

let server: S3Sqs;

beforeAll(async () => {
  server = await startS3Sqs({ eventQueue: 'ingest' });
  const { s3 } = createClients(server.endpoint);
  await s3.send(new CreateBucketCommand({ Bucket: 'documents' }));
  await s3.send(new PutObjectCommand({ Bucket: 'documents', Key: 'a.md', Body: 'text' }));
});

afterAll(() => server.close());

async function statusOf(path: string, method: string, headers: Record<string, string>): Promise<number> {
  const { request, response } = await rawRequest(`${server.endpoint}${path}`, { method, headers });
  request.destroy();
  return response.statusCode ?? 0;
}

it('answers its own host', async () => {
  expect(await statusOf('/documents/a.md', 'GET', {})).toBe(200);
});

it.each(['evil.example', 'documents.evil.example', 'sqs.us-east-1.evil.example'])(
  'refuses the host %s',
  async (host) => {
    expect(await statusOf('/documents/a.md', 'GET', { host })).toBe(403);
    expect(await statusOf('/', 'POST', { host, 'content-type': 'application/x-amz-json-1.0' })).toBe(403);
  },
);

it.each([
  ['GET', '/documents/a.md', 'application/octet-stream'],
  ['PUT', '/documents/a.md', 'application/octet-stream'],
  ['DELETE', '/documents/a.md', 'application/octet-stream'],
  ['POST', '/documents', 'application/xml'],
  ['POST', '/documents/a.md', 'multipart/form-data; boundary=x'],
  ['POST', '/', 'application/x-amz-json-1.0'],
  ['OPTIONS', '/documents', 'application/octet-stream'],
])('refuses %s %s from a page', async (method, path, type) => {
  const headers = { origin: 'http://localhost:3000', 'content-type': type, 'content-length': '0' };
  expect(await statusOf(path, method, headers)).toBe(403);
});

it('takes a form upload from a page of this machine, preflight included', async () => {
  const form = new FormData();
  form.append('key', 'uploaded.md');
  form.append('file', new Blob(['from a page']));
  const origin = 'http://localhost:3000';
  const preflight = await fetch(`${server.endpoint}/documents`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  const upload = await fetch(`${server.endpoint}/documents`, {
    method: 'POST',
    body: form,
    headers: { origin },
  });
  expect([upload.status, upload.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  const { s3 } = createClients(server.endpoint);
  const object = await s3.send(new GetObjectCommand({ Bucket: 'documents', Key: 'uploaded.md' }));
  expect(await object.Body?.transformToString()).toBe('from a page');
});

it('refuses a form upload from a page elsewhere', async () => {
  const headers = {
    origin: 'https://evil.example',
    'content-type': 'multipart/form-data; boundary=x',
    'content-length': '0',
  };
  expect(await statusOf('/documents', 'POST', headers)).toBe(403);
});
