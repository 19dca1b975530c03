import { expect, it } from 'vitest';
import { UsageFailure } from '../../../local/ingest/failures.ts';
import { readKeysCommand } from '../../../local/keys/command.ts';

const read = (line: string) => readKeysCommand(line.split(' ').filter(Boolean));

it('makes a key of what is said, and asks questions only unless told otherwise', () => {
  expect(read('create --name site')).toEqual({
    do: 'create',
    wish: { tenant: 'default', name: 'site', scopes: ['ask'] },
  });
  const more =
    '--collection hr --collection main --scope write,ask --per-minute 60 --burst 5 --monthly-tokens 9';
  expect(read(`create --tenant acme --name site ${more}`)).toEqual({
    do: 'create',
    wish: {
      ...{ tenant: 'acme', name: 'site', scopes: ['ask', 'write'], collections: ['hr', 'main'] },
      ...{ limits: { perMinute: 60, burst: 5 }, monthlyTokens: 9 },
    },
  });
  expect(read('create --name x --per-minute 7')).toMatchObject({
    wish: { limits: { perMinute: 7, burst: 7 } },
  });
});

it('knows a key by its id, and by itself', () => {
  const revoke = { do: 'revoke', id: '0123456789abcdef' };
  expect(read('revoke 0123456789abcdef')).toEqual(revoke);
  expect(read(`revoke rgl_acme_0123456789abcdef_${'0'.repeat(64)}`)).toEqual(revoke);
  expect(read('list')).toEqual({ do: 'list' });
  expect(read('--help')).toBeUndefined();
});

it.each([
  ...['', 'make', 'create', 'create site', 'list all', 'revoke', 'revoke site', 'revoke a b', 'list --all'],
  ...['create --name x --scope read', 'create --name x --scope ', 'create --name x --tenant A'],
  ...['create --name x --burst 5', 'create --name x --per-minute 0', 'create --name x --per-minute 1.5'],
  ...['create --name x --monthly-tokens many', 'create --name x --collection a/b'],
])('%j is no command', (line) => {
  expect(() => read(line)).toThrow(UsageFailure);
});
