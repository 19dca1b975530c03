import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueueHandler } from '../../local/lambda/invoke-for-batch.ts';
import { createClient, json, type Client, type DocumentView } from '../http/client.ts';
import { startLexicalCloud, type LexicalCloud } from '../http/lexical-cloud.ts';
import { lexicalModel } from '../wire/lexical-model.ts';
import { deadLetter } from './dead-letter.ts';

let lexical: LexicalCloud;
let client: Client;
let isHealed = false;
const running = new Set<ChildProcess>();

/** As Lambda does it: a process that ends without an answer fails the invocation, and the next one gets a new process. */
const inItsOwnProcess: QueueHandler = async (event) => {
  const child = fork(new URL('ingest-child.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(() => Promise.reject(new Error('Runtime exited.')));
  exited.catch(() => running.delete(child));
  await Promise.race([once(child, 'message'), exited]);
  child.send(event);
  const [response] = (await Promise.race([once(child, 'message'), exited])) as [SQSBatchResponse];
  return response;
};

beforeAll(async () => {
  lexical = await startLexicalCloud(() => inItsOwnProcess, {
    ...lexicalModel,
    embeddings: (body) => {
      if (isHealed || !body.input.some((text) => text.includes('deadly')))
        return lexicalModel.embeddings(body);
      for (const child of running) child.kill('SIGKILL');
      return { kind: 'hang' };
    },
  });
  const { url } = lexical.cloud;
  client = createClient(
    {
      hasPlatform: true,
      close: () => lexical.close(),
      fetch: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init),
    },
    'main',
  );
});
afterAll(() => lexical.close());

it('a document that kills the process at every try fails with a reason and what to do, and can be read once that is mended', async () => {
  await client.put('deadly.md', '# Gate\n\nThis is deadly.\n', 'text/markdown');
  const failed = await client.becomes('deadly.md', 'failed');
  expect(failed).toMatchObject({ attempts: 3, chunks: 1, chunksDone: 0 });
  expect(failed.reason).toMatchObject({
    code: 'interrupted',
    message: expect.stringContaining('memory or time') as string,
    whatToDo: expect.stringContaining('split it') as string,
  });
  expect(lexical.failures.filter((failure) => failure.includes('Runtime exited'))).toHaveLength(3);
  expect(await deadLetter(lexical)).toEqual([{ scope: 'default/main', id: 'deadly.md' }]);
  expect(await client.get('deadly.md')).toMatchObject({ state: 'failed', reason: failed.reason });

  isHealed = true;
  await json<DocumentView>(await client.post('/documents/deadly.md/retry', {}), 202);
  const ready = await client.becomes('deadly.md', 'ready');
  expect(ready).toMatchObject({ attempts: 1, chunks: 1, chunksDone: 1 });
  expect(ready).not.toHaveProperty('reason');
}, 180_000);
