import { expect, it } from 'vitest';
import { createKeyText, isSecretOf, readKeyText } from '../../../../lib/rag/access/key-text.ts';

it('a key says its tenant and id, and only its hash is kept', () => {
  const { text, id, secretHash } = createKeyText('acme-2');
  const read = readKeyText(text);
  expect(text).toMatch(/^rgl_acme-2_[0-9a-f]{16}_[0-9a-f]{64}$/);
  expect(read).toMatchObject({ tenant: 'acme-2', id });
  expect(secretHash).not.toContain(read!.secret);
  expect(isSecretOf(secretHash, read!.secret)).toBe(true);
  expect(isSecretOf(secretHash, createKeyText('acme-2').text.slice(-64))).toBe(false);
  expect(isSecretOf('', read!.secret)).toBe(false);
});

it('no two are alike', () => {
  const keys = Array.from({ length: 1_000 }, () => createKeyText('acme'));
  expect(new Set(keys.map(({ id }) => id)).size).toBe(1_000);
  expect(new Set(keys.map(({ secretHash }) => secretHash)).size).toBe(1_000);
});

const whole = createKeyText('acme').text;
it.each([
  ...['', 'rgl_', whole.slice(0, -1), `${whole}0`, `${whole}\n`, whole.toUpperCase(), ` ${whole}`],
  ...[whole.replace('rgl', 'sk'), whole.replace('acme', 'a/b'), whole.replace('acme', '')],
  whole.replace('acme', 'a'.repeat(33)),
])('%j is no key', (text) => {
  expect(readKeyText(text)).toBeUndefined();
});

it.each(['', 'A', 'a_b', 'a/b', 'a'.repeat(33)])('there is no key for the tenant %j', (tenant) => {
  expect(() => createKeyText(tenant)).toThrow(RangeError);
});
