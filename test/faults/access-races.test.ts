import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { createKeyText, readKeyText, type Credentials } from '../../lib/rag/access/key-text.ts';
import { reserve } from './asking-child.ts';
import type { Came, Told } from './access-child.ts';
import { callers, processes, startCallerProcesses, table, type CallerProcesses } from './caller-processes.ts';

const repetitions = 100;

/** Nothing here depends on how long it takes: some ten seconds on two idle cores, and many times that beside others. */
const limitMs = 400_000;

const options = { signal: new AbortController().signal };

let running: CallerProcesses<Told, Came[number]>;
let client: typeof running.client;

beforeAll(async () => {
  running = await startCallerProcesses('access-child.ts');
  ({ client } = running);
});
afterAll(() => running.close());

const all = (told: Told): Promise<Came> => running.all(told);
const got = (came: Came) => came.filter((each) => each !== false);
const rounds = Array.from({ length: repetitions }, (_, round) => round);

/** What the table has of a budget. */
async function takenOf(keyId: string, month = '2026-11'): Promise<number> {
  const Key = { pk: { S: `budget#${keyId}` }, sk: { S: month } };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
  return Number(Item?.['taken']?.N);
}

describe(`100 callers in ${processes} processes, ${repetitions} times`, () => {
  it(
    'are never let in more often than the burst and what came back meanwhile, and never less than the burst',
    async () => {
      for (const round of rounds) {
        // What comes back soon lets them try for as long as they are at it; with little of it most are refused at once.
        const limit = { perMinute: round % 10 === 0 ? 600 : 60, burst: 10 };
        const startedAt = Date.now();
        const allowed = got(await all({ kind: 'limit', keyId: `limit-${round}`, limit })).length;
        const seconds = (Date.now() - startedAt) / 1_000;
        expect(allowed).toBeGreaterThanOrEqual(limit.burst);
        expect(allowed).toBeLessThanOrEqual(limit.burst + (seconds * limit.perMinute) / 60);
      }
    },
    limitMs,
  );

  it(
    'reserve what a budget has and not a token more',
    async () => {
      for (const round of rounds) {
        const told: Told = { kind: 'budget', keyId: `whole-${round}`, limit: 1_000, tokens: 70, used: [] };
        expect(got(await all(told))).toHaveLength(14);
        expect(await takenOf(told.keyId)).toBe(980);
      }
    },
    limitMs,
  );

  it(
    'use no more than a budget has, whatever each gives back, and all of it is booked',
    async () => {
      for (const round of rounds) {
        const used = Array.from({ length: callers / processes }, (_, caller) => (caller * 37 + round) % 71);
        const told: Told = { kind: 'budget', keyId: `used-${round}`, limit: 500, tokens: 70, used };
        const sum = got(await all(told)).reduce((sum, each) => sum + each, 0);
        expect(sum).toBeLessThanOrEqual(500);
        expect(await takenOf(told.keyId)).toBe(sum);
      }
    },
    limitMs,
  );

  it(
    'never have models asked for more than a budget has, by answers too long and providers that die',
    async () => {
      const limit = 10 * reserve;
      let asking = 0;
      for (const round of rounds) {
        const told: Told = { kind: 'ask', keyId: `ask-${round}`, limit };
        const sent = got(await all(told));
        const sum = sent.reduce((sum, each) => sum + each, 0);
        const taken = await takenOf(told.keyId, new Date().toISOString().slice(0, 'YYYY-MM'.length));
        expect(taken).toBeLessThanOrEqual(limit);
        expect(Math.max(...sent)).toBeLessThanOrEqual(reserve);
        // The piece at which an answer was ended is all that was sent and not booked.
        expect(Math.abs(taken - sum)).toBeLessThanOrEqual(sum / 100);
        asking += sent.length;
      }
      expect(asking).toBeGreaterThanOrEqual(10 * repetitions);
    },
    limitMs,
  );

  it(
    'are let in by a revoked key for less than a minute, and until then without asking',
    async () => {
      let letIn = 0;
      for (const round of rounds) {
        const { credentials, revoke } = await createKey(round);
        const [before, revokedAtMs] = await Promise.all([
          all({ kind: 'key', credentials, aheadMs: 0 }),
          revoke(),
        ]);
        letIn += got(before).length;
        for (const aheadMs of [30_000, 54_000, 56_000, 60_000, 61_000 + round * 1_000]) {
          for (const atMs of got(await all({ kind: 'key', credentials, aheadMs }))) {
            letIn += 1;
            expect(atMs - revokedAtMs).toBeLessThan(60_000);
          }
        }
      }
      // Else nothing was shown: some had read the key before it was revoked.
      expect(letIn).toBeGreaterThan(callers);
    },
    limitMs,
  );
});

async function createKey(round: number) {
  const { text, id, secretHash } = createKeyText('acme');
  const keys = createKeyStore(client, table);
  const createdAt = new Date().toISOString();
  await keys.create(
    { id, tenant: 'acme', name: `round ${round}`, scopes: ['ask'], createdAt },
    secretHash,
    options,
  );
  return {
    credentials: readKeyText(text) as Credentials,
    revoke: async () => {
      await keys.revoke(id, new Date().toISOString(), options);
      return Date.now();
    },
  };
}
