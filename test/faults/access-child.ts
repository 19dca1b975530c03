/** Many callers of one process: it does what it is told over IPC, all of them at once, and says what came of it. */
import { createBudgets } from '../../lib/dynamodb/budgets.ts';
import { createDynamoDb } from '../../lib/dynamodb/client.ts';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { createRateLimits } from '../../lib/dynamodb/rate-limits.ts';
import { createAccess } from '../../lib/rag/access/access.ts';
import type { Credentials } from '../../lib/rag/access/key-text.ts';
import { askOnce } from './asking-child.ts';

/** What a process is told. */
export type Told =
  | { kind: 'limit'; keyId: string; limit: { perMinute: number; burst: number } }
  | { kind: 'budget'; keyId: string; limit: number; tokens: number; used: number[] }
  | { kind: 'ask'; keyId: string; limit: number }
  | { kind: 'key'; credentials: Credentials; aheadMs: number };

/** What came of it: for each caller what they got, a false or what they used or had models asked for, or when they were let in. */
export type Came = (number | false)[];

const [, , table = '', callers = ''] = process.argv;
const client = createDynamoDb();
const limits = createRateLimits(client, table);
const budgets = createBudgets(client, table);
const telemetry = { failed: () => {} };
const access = createAccess({ keys: createKeyStore(client, table), limits, budgets, telemetry });
const options = { signal: new AbortController().signal };

// The time of day runs ahead as far as it is told, for the product as for us.
let aheadMs = 0;
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + aheadMs;

async function call(told: Told, caller: number): Promise<number | false> {
  if (told.kind === 'limit') {
    const { isAllowed } = await limits.take(told.keyId, told.limit, options);
    return isAllowed && 1;
  }
  if (told.kind === 'budget') {
    const budget = { keyId: told.keyId, month: '2026-11', limit: told.limit };
    const reservation = { id: `${process.pid}-${caller}`, tokens: told.tokens, untilMs: Date.now() + 60_000 };
    if (!(await budgets.reserve(budget, reservation, options))) return false;
    const used = told.used[caller];
    if (used !== undefined) await budgets.settle(budget, reservation, used, options);
    return used ?? told.tokens;
  }
  if (told.kind === 'ask') return askOnce(budgets, { ...told, deaths: caller % 4 });
  aheadMs = told.aheadMs;
  const isIn = await access
    .of(told.credentials)
    .permit({ scope: 'ask', collection: 'main' }, options)
    .then(
      () => true,
      () => false,
    );
  return isIn && Date.now();
}

process.on('message', (told: Told) => {
  const all = Array.from({ length: Number(callers) }, (_, caller) => call(told, caller));
  Promise.all(all).then(
    (came: Came) => process.send?.(came),
    () => process.exit(1),
  );
});
process.send?.('ready');
