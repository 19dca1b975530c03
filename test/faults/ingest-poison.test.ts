import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, json, type Client, type DocumentView } from '../http/client.ts';
import { startLexicalCloud, type LexicalCloud } from '../http/lexical-cloud.ts';
import { lexicalModel } from '../wire/lexical-model.ts';
import { deadLetter } from './dead-letter.ts';

let lexical: LexicalCloud;
let client: Client;
let isHealed = false;

beforeAll(async () => {
  lexical = await startLexicalCloud((ingest) => ingest, {
    ...lexicalModel,
    embeddings: (body) =>
      isHealed || !body.input.some((text) => text.includes('poison'))
        ? lexicalModel.embeddings(body)
        : { kind: 'refuse', status: 400 },
  });
  const { url } = lexical.cloud;
  const target = {
    hasPlatform: true,
    close: () => lexical.close(),
    fetch: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init),
  };
  client = createClient(target, 'main');
});
afterAll(() => lexical.close());

async function listed(state: string): Promise<DocumentView[]> {
  const response = await fetch(`${lexical.cloud.url}/documents?state=${state}`);
  return (await json<{ documents: DocumentView[] }>(response, 200)).documents;
}

it('a document whose embedding is always refused fails with its reason and lies in the dead letters, until it is retried', async () => {
  await client.put('bad.md', '# Bad\n\nThis is poison.\n', 'text/markdown');
  await client.put('good.md', '# Good\n\nThis is not.\n', 'text/markdown');
  await client.becomes('good.md', 'ready');

  const failed = await client.becomes('bad.md', 'failed');
  expect(failed).toMatchObject({ attempts: 3, chunks: 1, chunksDone: 0 });
  expect(failed.reason).toMatchObject({
    code: 'model_rejected',
    message: expect.stringMatching(/^The model .{10,}\.$/) as string,
    whatToDo: expect.stringContaining('POST /documents/bad.md/retry') as string,
  });
  expect(await deadLetter(lexical)).toEqual([{ scope: 'default/main', id: 'bad.md' }]);
  // Going to the dead letters takes nothing of the reason away.
  expect(await listed('failed')).toMatchObject([{ id: 'bad.md', reason: failed.reason }]);

  isHealed = true;
  const retried = await json<DocumentView>(await client.post('/documents/bad.md/retry', {}), 202);
  expect(retried).not.toHaveProperty('reason');
  const ready = await client.becomes('bad.md', 'ready');
  expect(ready).toMatchObject({ attempts: 1, chunks: 1, chunksDone: 1 });
  expect(ready).not.toHaveProperty('reason');
  expect(await listed('failed')).toEqual([]);
  expect((await listed('ready')).map(({ id }) => id)).toEqual(['bad.md', 'good.md']);
}, 120_000);
