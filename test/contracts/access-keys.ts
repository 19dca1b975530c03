import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiKey, KeyStore } from '../../lib/rag/ports/access.ts';

const options = { signal: new AbortController().signal };

const whole: ApiKey = {
  ...{ id: '0123456789abcdef', tenant: 'acme', name: 'The website', collections: ['main', 'hr'] },
  ...{ scopes: ['ask', 'write'], limits: { perMinute: 60, burst: 10 }, monthlyTokens: 1_000_000 },
  createdAt: '2026-11-01T00:00:00.000Z',
};
const bare: ApiKey = {
  ...{ id: 'f123456789abcdef', tenant: 'beta', name: 'Nightly', scopes: ['admin'] },
  createdAt: '2026-11-02T00:00:00.000Z',
};

/** What all stores of keys do. */
export function keyStoreContract(name: string, create: () => Promise<KeyStore>): void {
  describe(`keys: ${name}`, () => {
    let keys: KeyStore;
    beforeEach(async () => {
      keys = await create();
    });

    it('come back as they were made, with the hash and nothing else', async () => {
      await keys.create(whole, 'hash-1', options);
      await keys.create(bare, 'hash-2', options);
      expect(await keys.get(whole.id, options)).toEqual({ key: whole, secretHash: 'hash-1' });
      expect(await keys.get(bare.id, options)).toEqual({ key: bare, secretHash: 'hash-2' });
      expect(await keys.get('0000000000000000', options)).toBeUndefined();
    });

    it('are all listed, oldest first, wherever they lie', async () => {
      const all = Array.from('fedcba9876543210', (digit, day): ApiKey => {
        const createdAt = `2026-11-${10 + day}T00:00:00.000Z`;
        return { ...bare, id: `${digit}123456789abcdef`, createdAt };
      });
      for (const key of all.toReversed()) await keys.create(key, 'hash', options);
      expect(await keys.list(options)).toEqual(all);
    });

    it('are revoked once, and are still there', async () => {
      await keys.create(bare, 'hash', options);
      expect(await keys.revoke(bare.id, '2026-11-03T00:00:00.000Z', options)).toBe(true);
      expect(await keys.revoke(bare.id, '2026-11-04T00:00:00.000Z', options)).toBe(true);
      const revoked = { ...bare, revokedAt: '2026-11-03T00:00:00.000Z' };
      expect(await keys.get(bare.id, options)).toEqual({ key: revoked, secretHash: 'hash' });
      expect(await keys.list(options)).toEqual([revoked]);
    });

    it('are made once where the call is made again, also after they were revoked', async () => {
      await keys.create(bare, 'hash', options);
      await keys.create(bare, 'hash', options);
      expect(await keys.list(options)).toEqual([bare]);
      const revokedAt = '2026-11-03T00:00:00.000Z';
      await keys.revoke(bare.id, revokedAt, options);
      await keys.create(bare, 'hash', options);
      expect(await keys.list(options)).toEqual([{ ...bare, revokedAt }]);
    });

    it('are not made of an id that another has', async () => {
      await keys.create(bare, 'hash', options);
      const another = keys.create({ ...bare, name: 'Another' }, 'another hash', options);
      await expect(another).rejects.toMatchObject({ code: 'conflict' });
      expect(await keys.get(bare.id, options)).toEqual({ key: bare, secretHash: 'hash' });
    });

    it('that do not exist cannot be revoked, and are not made by it', async () => {
      expect(await keys.revoke(bare.id, '2026-11-03T00:00:00.000Z', options)).toBe(false);
      expect(await keys.get(bare.id, options)).toBeUndefined();
    });
  });
}
