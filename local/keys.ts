/** `npm run keys`: makes, lists and revokes the keys that callers show. */
import { resolve } from 'node:path';
import { createKey } from '../lib/rag/access/create-key.ts';
import type { ApiKey, KeyStore } from '../lib/rag/ports/access.ts';
import { UsageFailure } from './ingest/failures.ts';
import { readKeysCommand, type KeysCommand } from './keys/command.ts';
import { openKeys } from './keys/open.ts';
import { printTable } from './terminal/print-table.ts';
import { explainStartFailure } from './terminal/start-failure.ts';

const help = `Usage: npm run keys -- create --name NAME [--tenant TENANT] [--collection NAME]... [--scope ask,write,admin]
                               [--per-minute N [--burst N]] [--monthly-tokens N]
       npm run keys -- list
       npm run keys -- revoke ID

Makes, lists and revokes the keys that callers show to a Raglan with AUTH=keys. A new key is printed once and stored
nowhere; a revoked one is refused within a minute.

  --name NAME           what it is for
  --tenant TENANT       whose documents it is about; default if not given. Tenants see nothing of each other
  --collection NAME     a collection that it may use, any number of times; all of the tenant's if not given
  --scope LIST          ask (questions, reading documents), write (putting and removing them), admin; ask if not given
  --per-minute N        requests in the long run, --burst N at once; as many as a minute's if not given
  --monthly-tokens N    tokens of the model in a calendar month (UTC)
  --help                this text
  DATA_DIR              the data that npm start keeps; .raglan/ if not set. The server may run meanwhile
  CONTROL_TABLE         a table in AWS instead, by the SDK's usual variables, as docs/deploy.md says

Ends with 0 if it is done, 1 if it failed, 2 if the command was wrong.`;

/** How long all of it may take, in milliseconds. */
const limitMs = 30_000;

async function carryOut(command: KeysCommand, keys: KeyStore): Promise<number> {
  const options = { signal: AbortSignal.timeout(limitMs) };
  if (command.do === 'list') {
    list(await keys.list(options));
    return 0;
  }
  if (command.do === 'create') {
    const { text, id } = await createKey(keys, command.wish, options);
    // The key alone goes to the output, so that it can be piped to where it is kept.
    console.log(text);
    console.error(`This is the only time it is shown. To revoke it: npm run keys -- revoke ${id}`);
    return 0;
  }
  const isDone = await keys.revoke(command.id, new Date().toISOString(), options);
  if (isDone) console.log('Revoked. Within a minute it is refused everywhere.');
  else console.error('There is no key of this id: see npm run keys -- list');
  return isDone ? 0 : 1;
}

function list(keys: readonly ApiKey[]): void {
  if (keys.length === 0) console.log('There are no keys.');
  else
    printTable([
      ['id', 'tenant', 'name', 'may', 'collections', 'limit', 'tokens a month', 'state'],
      ...keys.map(toRow),
    ]);
}

function toRow({
  id,
  tenant,
  name,
  scopes,
  collections,
  limits,
  monthlyTokens,
  revokedAt,
}: ApiKey): string[] {
  return [
    ...[id, tenant, name, scopes.join(','), collections?.join(',') ?? 'all'],
    limits ? `${limits.perMinute}/min, ${limits.burst} at once` : 'none',
    monthlyTokens === undefined ? 'no limit' : String(monthlyTokens),
    revokedAt === undefined ? 'valid' : `revoked ${revokedAt.slice(0, 'YYYY-MM-DD'.length)}`,
  ];
}

async function main(): Promise<number> {
  // A variable that is set to nothing is not set.
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  try {
    const command = readKeysCommand(process.argv.slice(2));
    if (!command) {
      console.log(help);
      return 0;
    }
    const opened = await openKeys(given, resolve(given['DATA_DIR'] ?? '.raglan'));
    try {
      return await carryOut(command, opened.keys);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (error instanceof UsageFailure) {
      console.error(`${error.message}\n\n${help}`);
      return 2;
    }
    console.error(explainStartFailure(error, { port: 0, given }));
    return 1;
  }
}

process.exitCode = await main();
