import { parseArgs } from 'node:util';
import type { KeyWish } from '../../lib/rag/access/create-key.ts';
import type { KeyScope } from '../../lib/rag/ports/access.ts';
import { UsageFailure } from '../ingest/failures.ts';

/** What is to be done with the keys. */
export type KeysCommand = { do: 'create'; wish: KeyWish } | { do: 'list' } | { do: 'revoke'; id: string };

const scopes: readonly KeyScope[] = ['ask', 'write', 'admin'];

const options = {
  help: { type: 'boolean', short: 'h' },
  tenant: { type: 'string', default: 'default' },
  name: { type: 'string' },
  collection: { type: 'string', multiple: true },
  scope: { type: 'string', default: 'ask' },
  'per-minute': { type: 'string' },
  burst: { type: 'string' },
  'monthly-tokens': { type: 'string' },
} as const;

/** Reads the command's arguments; undefined if only help is asked for. Throws UsageFailure. */
export function readKeysCommand(args: readonly string[]): KeysCommand | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [command, id, ...more] = positionals;
  if (command === 'list' && id === undefined) return { do: 'list' };
  if (command === 'revoke' && more.length === 0) return { do: 'revoke', id: idOf(id) };
  if (command !== 'create' || id !== undefined) throw new UsageFailure('Say create, list or revoke ID.');
  if (!values.name) throw new UsageFailure('--name says what the key is for.');
  if (!/^[a-z0-9-]{1,32}$/.test(values.tenant))
    throw new UsageFailure('--tenant is 1 to 32 lower-case letters, digits and hyphens.');
  const monthlyTokens = positive('--monthly-tokens', values['monthly-tokens']);
  const limits = toLimits(values['per-minute'], values.burst);
  const wish: KeyWish = {
    ...{ tenant: values.tenant, name: values.name, scopes: toScopes(values.scope) },
    ...(values.collection && { collections: toCollections(values.collection) }),
    ...(limits && { limits }),
    ...(monthlyTokens !== undefined && { monthlyTokens }),
  };
  return { do: 'create', wish };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageFailure((error as Error).message);
  }
}

/** Of the key itself too, which is easier to come by. */
function idOf(given = ''): string {
  const id = /^(?:rgl_[a-z0-9-]+_)?([0-9a-f]{16})(?:_[0-9a-f]+)?$/.exec(given)?.[1];
  if (id === undefined) throw new UsageFailure('A key is named by its id, 16 hexadecimal digits: see list.');
  return id;
}

function toScopes(list: string): KeyScope[] {
  const named = list.split(',');
  const unknown = named.filter((name) => !(scopes as readonly string[]).includes(name));
  if (unknown.length > 0) throw new UsageFailure(`--scope is one or more of ${scopes.join(', ')}.`);
  return scopes.filter((scope) => named.includes(scope));
}

function toCollections(names: readonly string[]): readonly string[] {
  if (names.every((name) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(name))) return names;
  throw new UsageFailure('--collection is a name of lower-case letters, digits and hyphens.');
}

function toLimits(rate: string | undefined, atOnce: string | undefined): KeyWish['limits'] {
  const perMinute = positive('--per-minute', rate);
  const burst = positive('--burst', atOnce);
  if (perMinute === undefined && burst !== undefined) throw new UsageFailure('--burst needs --per-minute.');
  return perMinute === undefined ? undefined : { perMinute, burst: burst ?? perMinute };
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageFailure(`${option} is a whole number from 1.`);
  return value;
}
