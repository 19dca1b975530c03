import { BatchWriteItemCommand, ScanCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeywordIndex } from '../../lib/dynamodb/postings.ts';
import { knowledgeTable } from '../../lib/dynamodb/tables.ts';
import type { KeywordIndex } from '../../lib/rag/ports/knowledge.ts';
import type { Scope } from '../../lib/rag/types.ts';
import { embedding, useDynamoDb } from './emulators.ts';
import { bruteForce, inOrder, passage, searchCounted } from './keyword-index.ts';

const dynamoDb = useDynamoDb();
const scope: Scope = 'acme/main';
const { signal } = new AbortController();

/** What the versions of a document say. */
const versions: Record<string, string[]> = {
  v1: ['salt and bread', 'salt, salt and rye', 'beer'],
  v2: ['salt and butter', 'salt, salt and rye'],
  v3: ['pepper'],
};
const question = 'salt bread rye pepper';

/** A client that waits, or fails, before each of its calls. */
function steered(before: (command: object) => Promise<unknown>): DynamoDBClient {
  const client = dynamoDb.client();
  const send = async (command: ScanCommand, options?: object) => {
    await before(command);
    return client.send(command, options);
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'send' ? send : (Reflect.get(target, name) as unknown)),
  });
}

/** One run of ingestion: writes its version, and if it wins takes the others away. */
interface Run {
  version: string;
  revision: number;
  wins: boolean;
}

async function perform(index: KeywordIndex, document: string, run: Run): Promise<void> {
  const passages = (versions[run.version] ?? []).map((text, number) => passage(number, text));
  await index.put({ scope, document, version: run.version, revision: run.revision }, passages, { signal });
  if (!run.wins) return;
  const target = { scope, document, keep: run.version, revision: run.revision + 1 };
  await index.sweep(target, { signal });
}

/** Everything in the table but the figures, which come when they are asked for. */
async function itemsOf(table: string): Promise<string[]> {
  const { Items = [] } = await dynamoDb.client().send(new ScanCommand({ TableName: table }));
  return Items.map((item) => JSON.stringify(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .filter((item) => !item.includes('#figures'))
    .toSorted();
}

async function cleanItems(runs: Record<string, Run>): Promise<string[]> {
  const table = await dynamoDb.table(knowledgeTable(embedding));
  const index = createKeywordIndex(dynamoDb.client(), table);
  for (const [document, run] of Object.entries(runs)) await perform(index, document, run);
  return itemsOf(table);
}

/** Rows and hits as they are, and as they would be if nothing but the last run ever happened. */
async function compare(
  table: string,
  runs: Record<string, Run>,
): Promise<{ stored: object; wanted: object }> {
  const live = Object.entries(runs).flatMap(([document, { version }]) =>
    (versions[version] ?? []).map((text, number) => ({ ...passage(number, text), document, version })),
  );
  const index = createKeywordIndex(dynamoDb.client(), table);
  return {
    stored: [await itemsOf(table), inOrder(await searchCounted(index, question))],
    wanted: [await cleanItems(runs), inOrder(bruteForce(live, question))],
  };
}

it('whatever runs and sweeps do to each other, the last one’s passages are found and nothing else is left', async () => {
  const anyRun = fc.record({
    document: fc.constantFrom('a', 'b'),
    version: fc.constantFrom('v1', 'v2', 'v3'),
    revision: fc.integer({ min: 0, max: 3 }),
    wins: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(anyRun, { maxLength: 4 }),
      fc.constantFrom('v1', 'v2'),
      async (scheduler, runs, version) => {
        const table = await dynamoDb.table(knowledgeTable(embedding));
        const index = createKeywordIndex(
          steered(() => scheduler.schedule(Promise.resolve())),
          table,
        );
        const all = runs.map(({ document, ...run }) => perform(index, document, run));
        await scheduler.waitFor(Promise.all(all));
        const last = { version, revision: 4, wins: true };
        const settled = createKeywordIndex(dynamoDb.client(), table);
        for (const document of ['a', 'b']) await perform(settled, document, last);
        const { stored, wanted } = await compare(table, { a: last, b: last });
        expect(stored).toEqual(wanted);
      },
    ),
    { numRuns: 60 },
  );
});

it('a run that is overtaken before its rows are written takes them away itself', async () => {
  const table = await dynamoDb.table(knowledgeTable(embedding));
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const slow = steered(async (command) => {
    if (!(command instanceof BatchWriteItemCommand)) return;
    arrived.resolve();
    await gate.promise;
  });
  const overtaken = perform(createKeywordIndex(slow, table), 'a', {
    version: 'v1',
    revision: 0,
    wins: false,
  });
  await arrived.promise;
  const last = { version: 'v2', revision: 0, wins: true };
  await perform(createKeywordIndex(dynamoDb.client(), table), 'a', last);
  gate.resolve();
  await overtaken;
  const { stored, wanted } = await compare(table, { a: last });
  expect(stored).toEqual(wanted);
});

it('a run that dies before any of its calls and is done again leaves what a whole one leaves', async () => {
  const old = { version: 'v1', revision: 0, wins: true };
  const next = { version: 'v2', revision: 1, wins: true };
  for (let deadAt = 1; ; deadAt += 1) {
    const table = await dynamoDb.table(knowledgeTable(embedding));
    const index = createKeywordIndex(dynamoDb.client(), table);
    await perform(index, 'a', old);
    let calls = 0;
    const dying = createKeywordIndex(
      steered(async () => {
        calls += 1;
        if (calls >= deadAt) throw new Error('The process has died.');
      }),
      table,
    );
    const isWhole = await perform(dying, 'a', next).then(
      () => true,
      () => false,
    );
    // Half of them are done again, and the other half overtaken by a version that came meanwhile.
    const last = deadAt % 2 === 0 ? next : { version: 'v3', revision: 1, wins: true };
    await perform(index, 'a', last);
    const { stored, wanted } = await compare(table, { a: last });
    expect(stored).toEqual(wanted);
    if (isWhole) break;
    expect(deadAt).toBeLessThan(100);
  }
});
