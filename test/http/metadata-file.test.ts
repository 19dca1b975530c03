import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from './client.ts';
import { startLexicalCloud, type LexicalCloud } from './lexical-cloud.ts';

let lexical: LexicalCloud;
let client: Client;

beforeAll(async () => {
  lexical = await startLexicalCloud();
  const { url } = lexical.cloud;
  const target = {
    hasPlatform: true,
    close: () => lexical.close(),
    fetch: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init),
  };
  client = createClient(target, 'main');
});
afterAll(() => lexical.close());

const Key = 'default/main/pump.txt.metadata.json';
const bucket = () => lexical.cloud.environment.DOCUMENTS_BUCKET;
const putFile = (Body: string) =>
  lexical.cloud.clients.s3.send(new PutObjectCommand({ Bucket: bucket(), Key, Body }));
const stored = async () => {
  const { state, title, metadata } = (await client.get('pump.txt')) as unknown as Record<string, unknown>;
  return { state, title, metadata };
};
const becomes = (what: Record<string, unknown>) =>
  expect.poll(stored, { timeout: 25_000, interval: 50 }).toMatchObject(what);

it('a metadata file that is put, broken and removed beside a document is noticed each time, and is none itself', async () => {
  await client.put('pump.txt', 'The pump starts at nine.', 'text/plain');
  await client.becomes('pump.txt', 'ready');

  await putFile(JSON.stringify({ metadataAttributes: { title: 'The pump', site: 'north' } }));
  await becomes({
    state: 'ready',
    title: 'The pump',
    metadata: { title: 'The pump', fields: { site: 'north' } },
  });
  const { sources } = await client.ask('When does the pump start?', { filter: { site: 'north' } });
  expect(sources).toMatchObject([{ document: 'pump.txt', title: 'The pump' }]);

  await putFile('{"site": ');
  await becomes({ state: 'failed' });
  expect((await client.get('pump.txt')).reason).toMatchObject({
    ...{ code: 'invalid_metadata', message: expect.stringContaining('JSON') as string },
    whatToDo: expect.stringContaining('metadata') as string,
  });

  await lexical.cloud.clients.s3.send(new DeleteObjectCommand({ Bucket: bucket(), Key }));
  await becomes({ state: 'ready', title: 'pump.txt', metadata: undefined });
  const { documents } = (await (await fetch(`${lexical.cloud.url}/documents`)).json()) as {
    documents: { id: string }[];
  };
  expect(documents.map(({ id }) => id)).toEqual(['pump.txt']);
  expect(lexical.failures).toEqual([]);
});
