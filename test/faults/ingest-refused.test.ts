import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from '../http/client.ts';
import { startLexicalCloud, type LexicalCloud } from '../http/lexical-cloud.ts';
import { lexicalModel } from '../wire/lexical-model.ts';

let lexical: LexicalCloud;
let client: Client;
/** How often a batch with poison is still refused. */
let refusals = 0;
/** Texts of each call to the model, with a mark for those that it refused. */
let calls: string[] = [];

beforeAll(async () => {
  lexical = await startLexicalCloud((ingest) => ingest, {
    ...lexicalModel,
    embeddings: (body) => {
      const isRefused = refusals > 0 && body.input.some((text) => text.includes('poison'));
      calls.push(`${isRefused ? 'refused ' : ''}${body.input.length}`);
      if (!isRefused) return lexicalModel.embeddings(body);
      refusals -= 1;
      return { kind: 'refuse', status: 400 };
    },
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

/** 70 passages, three batches, with poison in the second. */
function document(name: string): string {
  const sections = Array.from(
    { length: 70 },
    (_, n) => `## ${name} ${n + 1}\n\nIt is made of ${n === 40 ? 'poison' : 'steel'}, as number ${n}.\n`,
  );
  return sections.join('\n');
}

it('of a document with one batch that is refused the others go on, and the next delivery asks for that batch alone', async () => {
  refusals = 1;
  calls = [];
  await client.put('heals.md', document('Gate'), 'text/markdown');
  expect(await client.becomes('heals.md', 'ready')).toMatchObject({
    attempts: 2,
    chunks: 70,
    chunksDone: 70,
  });
  expect(calls.slice(0, 3).toSorted()).toEqual(['32', '6', 'refused 32']);
  expect(calls.slice(3)).toEqual(['32']);
}, 120_000);

it('of one that is refused to the end the document says which passages, and where they stand', async () => {
  refusals = 3;
  calls = [];
  await client.put('fails.md', document('Crane'), 'text/markdown');
  const failed = await client.becomes('fails.md', 'failed');
  expect(failed).toMatchObject({ attempts: 3, chunks: 70, chunksDone: 38 });
  // Each section takes four lines.
  expect(failed.reason).toMatchObject({
    code: 'model_rejected',
    message: expect.stringContaining('passages 33 to 64 of 70, from line 131 on.') as string,
  });
  expect(calls.slice(3)).toEqual(['refused 32', 'refused 32']);

  await client.post('/documents/fails.md/retry', {});
  expect(await client.becomes('fails.md', 'ready')).toMatchObject({ chunks: 70, chunksDone: 70 });
}, 120_000);
