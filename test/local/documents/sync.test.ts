import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readFolder } from '../../../local/documents/folder.ts';
import type { DocumentView } from '../../../local/documents/states.ts';
import { syncDocuments } from '../../../local/documents/sync.ts';
import { startS3Sqs, type S3Sqs } from '../../../local/s3-sqs/start.ts';
import { createClients } from '../s3-sqs/clients.ts';
import { createFolder } from '../temporary-folder.ts';

const Bucket = 'documents';
const { signal } = new AbortController();
let folder: Awaited<ReturnType<typeof createFolder>>;
let server: S3Sqs;
let s3: S3Client;
let states: Map<string, DocumentView>;

beforeEach(async () => {
  folder = await createFolder({ 'a.md': 'a', 'b/c d.md': 'c' });
  server = await startS3Sqs({ eventQueue: 'nobody' });
  ({ s3 } = createClients(server.endpoint));
  await s3.send(new CreateBucketCommand({ Bucket }));
  states = new Map(['a.md', 'b/c d.md'].map((id) => [id, stateOf(id, 'ready')]));
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

function stateOf(id: string, state: DocumentView['state']): DocumentView {
  return { id, state, updatedAt: '2026-01-01T00:00:00.000Z', chunks: 1, chunksDone: 1 };
}

async function sync(): Promise<{ put: string[]; removed: string[] }> {
  const { documents } = await readFolder(folder.path);
  const { put, removed } = await syncDocuments({ s3, bucket: Bucket }, { documents, states }, signal);
  return { put: Array.from(put.keys()).toSorted(), removed };
}

async function keys(): Promise<(string | undefined)[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
}

it('puts every document under its tenant, collection and path', async () => {
  expect(await sync()).toEqual({ put: ['a.md', 'b/c d.md'], removed: [] });
  expect(await keys()).toEqual(['default/main/a.md', 'default/main/b/c d.md']);
});

it('puts nothing a second time, and only what has changed a third time', async () => {
  await sync();
  expect(await sync()).toEqual({ put: [], removed: [] });
  await folder.write('a.md', 'changed');
  expect(await sync()).toEqual({ put: ['a.md'], removed: [] });
});

it.each(['failed', 'embedding', undefined] as const)(
  'puts a document again that is stored but %s',
  async (state) => {
    await sync();
    if (state) states.set('a.md', stateOf('a.md', state));
    else states.delete('a.md');
    expect(await sync()).toEqual({ put: ['a.md'], removed: [] });
  },
);

it('puts metadata files beside their documents, which count as put when those change, and removes them with the file', async () => {
  await folder.write('a.md.metadata.json', '{"team":"hr"}');
  expect(await sync()).toEqual({ put: ['a.md', 'b/c d.md'], removed: [] });
  const names = ['default/main/a.md', 'default/main/a.md.metadata.json', 'default/main/b/c d.md'];
  expect(await keys()).toEqual(names);
  expect(await sync()).toEqual({ put: [], removed: [] });
  await folder.write('a.md.metadata.json', '{"team":"legal"}');
  expect(await sync()).toEqual({ put: ['a.md'], removed: [] });
  await rm(join(folder.path, 'a.md.metadata.json'));
  expect(await sync()).toEqual({ put: [], removed: ['a.md.metadata.json'] });
});

it('removes what it had put and is gone, and leaves what came another way', async () => {
  await sync();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'default/main/uploaded.md', Body: 'x' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'default/other/a.md', Body: 'x' }));
  await rm(join(folder.path, 'a.md'));
  expect(await sync()).toEqual({ put: [], removed: ['a.md'] });
  expect(await keys()).toEqual(['default/main/b/c d.md', 'default/main/uploaded.md', 'default/other/a.md']);
});
