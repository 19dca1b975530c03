import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoDb } from '../../lib/dynamodb/client.ts';
import { createJobStore } from '../../lib/dynamodb/jobs.ts';
import { controlTable } from '../../lib/dynamodb/tables.ts';
import type { Emulators } from '../../local/emulators/start.ts';
import { startDynamoDb } from '../../local/emulators/dynamodb.ts';
import { question } from '../fakes/world.ts';
import type { Told } from './jobs-claim-child.ts';

const repetitions = 100;
const processes = 4;
const callers = 100;
const table = 'control';
const leaseMs = 60_000;
const options = { signal: new AbortController().signal };

let emulators: Pick<Emulators, 'close'>;
let client: DynamoDBClient;
let children: ChildProcess[] = [];

beforeAll(async () => {
  emulators = await startDynamoDb();
  client = createDynamoDb();
  const { expiresAttribute: _, ...input } = controlTable();
  await client.send(new CreateTableCommand({ ...input, TableName: table }));
  const child = new URL('jobs-claim-child.ts', import.meta.url);
  children = Array.from({ length: processes }, () => fork(child, [table, String(callers / processes)]));
  await Promise.all(children.map((each) => once(each, 'message')));
});
afterAll(async () => {
  for (const child of children) child.kill();
  client.destroy();
  await emulators.close();
});

/** Who of all the callers of all processes got it. */
async function all(told: Told): Promise<string[]> {
  const came = await Promise.all(
    children.map(async (child) => {
      const answer = once(child, 'message');
      child.send(told);
      const [held] = (await answer) as [string[]];
      return held;
    }),
  );
  return came.flat();
}

it(`${repetitions} times, of ${callers} callers in ${processes} processes one has the job, and when its lease is over another`, async () => {
  const jobs = createJobStore(client, table);
  const held: number[] = [];
  const heldAfter: number[] = [];
  for (let round = 0; round < repetitions; round += 1) {
    const key = { tenant: 'acme', id: round.toString(16).padStart(32, '0') };
    const createdAt = new Date().toISOString();
    const job = { ...key, state: 'queued', questions: 1, collections: ['main'], createdAt } as const;
    await jobs.create(job, [question('Why?')], options);
    held.push((await all({ key, leaseMs, aheadMs: 0 })).length);
    // Every tenth time is enough for the end of a lease: it is the same condition.
    if (round % 10 !== 0) continue;
    heldAfter.push((await all({ key, leaseMs, aheadMs: 2 * leaseMs })).length);
  }
  expect(held).toEqual(Array.from({ length: repetitions }, () => 1));
  expect(heldAfter).toEqual(Array.from({ length: repetitions / 10 }, () => 1));
}, 240_000);
