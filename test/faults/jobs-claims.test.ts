import { afterAll, beforeAll, expect, it } from 'vitest';
import { createJobStore } from '../../lib/dynamodb/jobs.ts';
import { question } from '../fakes/world.ts';
import { callers, processes, startCallerProcesses, table, type CallerProcesses } from './caller-processes.ts';
import type { Told } from './jobs-claim-child.ts';

const repetitions = 100;
const leaseMs = 60_000;
const options = { signal: new AbortController().signal };

/** Told of a job, they say who of them got it. */
let running: CallerProcesses<Told, string>;

beforeAll(async () => {
  running = await startCallerProcesses('jobs-claim-child.ts');
});
afterAll(() => running.close());

it(`${repetitions} times, of ${callers} callers in ${processes} processes one has the job, and when its lease is over another`, async () => {
  const jobs = createJobStore(running.client, table);
  const held: number[] = [];
  const heldAfter: number[] = [];
  for (let round = 0; round < repetitions; round += 1) {
    const key = { tenant: 'acme', id: round.toString(16).padStart(32, '0') };
    const createdAt = new Date().toISOString();
    const job = { ...key, state: 'queued', questions: 1, collections: ['main'], createdAt } as const;
    await jobs.create(job, [question('Why?')], options);
    held.push((await running.all({ key, leaseMs, aheadMs: 0 })).length);
    // Every tenth time is enough for the end of a lease: it is the same condition.
    if (round % 10 !== 0) continue;
    heldAfter.push((await running.all({ key, leaseMs, aheadMs: 2 * leaseMs })).length);
  }
  expect(held).toEqual(Array.from({ length: repetitions }, () => 1));
  expect(heldAfter).toEqual(Array.from({ length: repetitions / 10 }, () => 1));
}, 240_000);
